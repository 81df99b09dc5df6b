"""Dashboards and alarm rules rely on these names and labels; none may be renamed."""

import pytest
from prometheus_client import Counter, Gauge, Histogram

from shared import metrics

Metric = Counter | Gauge | Histogram
RELIED_ON = {
    "meldkamer_incidents_total": ("source", "kind", "outcome"),
    "meldkamer_event_to_page_seconds": (),
    "meldkamer_pages_total": ("channel", "outcome"),
    "meldkamer_page_delivery_seconds": ("channel",),
    "meldkamer_answers_total": ("answer",),
    "meldkamer_alert_to_staffed_seconds": (),
    "meldkamer_escalations_total": ("reason",),
    "meldkamer_alerts_open": ("plan",),
    "meldkamer_team_present": ("building",),
    "meldkamer_source_last_seen_timestamp_seconds": ("source",),
    "meldkamer_dead_letters_total": ("topic",),
    "meldkamer_view_lag_seconds": (),
}


def declared() -> dict[str, Metric]:
    """Every metric by the name that Prometheus shows."""
    found = [value for value in vars(metrics).values() if isinstance(value, Counter | Gauge | Histogram)]
    return {metric._name + ("_total" if isinstance(metric, Counter) else ""): metric for metric in found}


@pytest.mark.parametrize(("name", "labels"), RELIED_ON.items(), ids=RELIED_ON.keys())
def test_a_metric_that_others_rely_on_is_declared_with_its_labels(name: str, labels: tuple[str, ...]) -> None:
    assert tuple(declared()[name]._labelnames) == labels


def test_the_time_from_an_event_to_its_page_is_a_histogram() -> None:
    assert isinstance(declared()["meldkamer_event_to_page_seconds"], Histogram)


@pytest.mark.parametrize("name", sorted(declared()))
def test_a_metric_is_ours_says_its_unit_and_has_words(name: str) -> None:
    metric = declared()[name]
    assert name.startswith("meldkamer_")
    assert metric._documentation.endswith(".")
    assert not isinstance(metric, Histogram) or name.endswith("_seconds")
