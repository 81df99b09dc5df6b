"""Which open alerts a batch asks for: those that it may change, and no others."""

from services.alerting.on_incidents import wanted
from tests.unit.alerting.world import incident, named


def test_what_is_in_a_known_building_asks_for_the_alerts_of_it() -> None:
    asked = wanted([incident("a", dedup_key="dev1"), incident("b", building="CARRE")])
    assert (asked.buildings, asked.unknown, asked.keys) == (["CARRE", "HORST"], [], [])


def test_in_an_unknown_building_what_has_no_key_asks_for_no_alert_of_others() -> None:
    asked = wanted([incident("a", building="NEW", known=False)])
    assert (asked.buildings, asked.unknown, asked.keys, asked.ids) == ([], [], [], [named("a")])


def test_in_an_unknown_building_what_has_a_key_asks_for_the_alert_of_its_key_there() -> None:
    asked = wanted([incident("a", building="NEW", known=False, dedup_key="dev1")])
    assert (asked.buildings, asked.unknown, asked.keys) == ([], ["NEW"], ["dev1"])


def test_a_key_that_is_cleared_in_the_same_batch_is_asked_for_all_the_same() -> None:
    again = incident("again", building="NEW", known=False, dedup_key="dev1")
    asked = wanted([incident("over", building="NEW", known=False, clears="dev1"), again])
    assert (asked.cleared, asked.keys) == (["dev1"], ["dev1"])


def test_outdoors_an_incident_asks_for_its_key_alone() -> None:
    asked = wanted([incident("a", building=None, dedup_key="dev1")])
    assert (asked.buildings, asked.unknown, asked.keys) == ([], [], ["dev1"])
