"""What a soak calls grown, and what not."""

from dataclasses import replace

import pytest

from tests.proof.soak import plot
from tests.proof.soak.sample import Process, Sample, Table, from_json, to_json
from tests.proof.soak.verdict import findings

FLAT = Sample(
    t=0.0,
    sent=0,
    processes={"intake": Process(80.0, 30, 4, 1.0), "kafka": Process(300.0, 290, 60, None)},
    tables={"alerting.pages": Table(10_000, 2_000_000, 1_000_000)},
    outbox=3,
    kafka_mib=10.0,
)


def hour(last: Sample = FLAT) -> list[Sample]:
    """An hour of which the last sixth is different."""
    samples = [replace(FLAT if n < 50 else last, t=60.0 * n, sent=3_000 * n) for n in range(60)]
    return [from_json(to_json(sample)) for sample in samples]


def grown(samples: list[Sample]) -> list[str]:
    """What the verdict names."""
    return [finding.name for finding in findings(samples) if not finding.flat]


def test_an_hour_in_which_nothing_changes_is_flat() -> None:
    assert grown(hour()) == []


def test_tables_that_grow_with_what_they_keep_are_flat() -> None:
    assert grown(hour(replace(FLAT, tables={"alerting.pages": Table(50_000, 10_000_000, 5_000_000)}))) == []


@pytest.mark.parametrize(
    ("late", "named"),
    [
        (replace(FLAT, processes={**FLAT.processes, "intake": Process(86.0, 30, 4, 1.0)}), "intake: memory"),
        (replace(FLAT, processes={**FLAT.processes, "intake": Process(80.0, 60, 4, 1.0)}), "intake: file descriptors"),
        (replace(FLAT, processes={**FLAT.processes, "intake": Process(80.0, 30, 4, 90.0)}), "intake: event-loop lag"),
        (
            replace(FLAT, processes={**FLAT.processes, "kafka": Process(300.0, 400, 60, None)}),
            "kafka: file descriptors",
        ),
        (replace(FLAT, outbox=5_000), "outbox"),
        (replace(FLAT, tables={"alerting.pages": Table(10_000, 3_000_000, 1_000_000)}), "alerting.pages: heap"),
        (replace(FLAT, tables={"alerting.pages": Table(10_000, 2_000_000, 1_500_000)}), "alerting.pages: indexes"),
    ],
)
def test_what_grows_is_named(late: Sample, named: str) -> None:
    assert grown(hour(late)) == [named]


def test_too_short_a_soak_has_no_verdict() -> None:
    with pytest.raises(ValueError, match="too few"):
        findings(hour()[:11])


def test_the_picture_has_a_panel_for_each_measure() -> None:
    drawn = plot.draw("A soak", hour())
    assert drawn.count('class="name"') == 6
