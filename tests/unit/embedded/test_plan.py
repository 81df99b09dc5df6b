"""Which processes a run starts, and what each is told."""

from pathlib import Path

import pytest

from deploy.embedded.access import Access
from deploy.embedded.plan import Grounds, service_plans
from deploy.embedded.settings import RunSettings

KEYS = Access("admin", "s" * 32, {"fire": "k"}, {"operator": "p"})


def grounds(replicas: int, monkeypatch: pytest.MonkeyPatch) -> Grounds:
    """A run on port 18080 with so many replicas of alerting."""
    monkeypatch.setenv("MELDKAMER_REPLICAS", str(replicas))
    monkeypatch.setenv("MELDKAMER_PORT", "18080")
    ports = list(range(20001, 20003 + replicas))
    return Grounds(RunSettings(), Path("/state"), ["127.0.0.1:9"], "postgresql://x/y", KEYS, ports)


def test_each_replica_of_alerting_has_its_letter_its_log_and_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = grounds(2, monkeypatch)
    a, b = [plan for plan in service_plans(ground) if plan.module == "services.alerting"]
    assert (a.environment["ALERTING_REPLICA"], b.environment["ALERTING_REPLICA"]) == ("a", "b")
    assert (a.environment["ALERTING_PORT"], b.environment["ALERTING_PORT"]) == ("20003", "20004")
    assert a.log != b.log
    assert ground.routes == {"intake": [20001], "alerting": [20003, 20004], "monitor": [20002]}


def test_a_service_is_ready_under_its_own_prefix_and_told_where_people_find_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = {plan.name: plan for plan in service_plans(grounds(1, monkeypatch))}
    assert set(plans) == {"intake", "alerting", "reporting"}
    assert plans["reporting"].ready_url == "http://127.0.0.1:20002/monitor/readyz"
    assert {plan.environment["MELDKAMER_BASE_URL"] for plan in plans.values()} == {"http://localhost:18080"}


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELDKAMER_PORT", "")
    assert RunSettings().meldkamer_port == 8080
