"""The reduction of a batch: the highest version of each, every line and link."""

import pytest

from services.reporting.batch import reduce
from shared.events import IncidentReported
from shared.words import Confidentiality, Kind
from tests.unit.reporting.invented import alert, incident, named, page


def test_the_highest_version_wins_wherever_it_stands() -> None:
    batch = reduce(
        [alert("a", 2, coming=1), alert("a", 3, coming=2), alert("a", 1), page("a", "Kim", 2), page("a", "Kim", 1)]
    )
    assert [(a.version, a.coming["total"]) for a in batch.alerts] == [(3, 2)]
    assert [p.version for p in batch.pages] == [2]


def test_the_lines_and_links_of_every_version_are_kept() -> None:
    batch = reduce([alert("a", 1, incidents=["i"]), alert("a", 2, incidents=["i", "j"])])
    assert [line.seq for _, line in batch.lines] == [1, 2]
    assert {link.incident_id for link in batch.links} == {named("i"), named("j")}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (incident("i", building="HORST", at=1), incident("i", building="CARRE", at=2)),
        (incident("i", building=None), incident("i", building="CARRE")),
        (incident("i", building="CARRE"), incident("i", building="HORST")),
        (incident("i", kind=Kind.FIRE_ALARM, building="HORST"), incident("i", kind=Kind.GAS, building="CARRE")),
        (incident("i", at=1), incident("i", confidentiality=Confidentiality.OPEN, at=2)),
    ],
)
def test_an_incident_is_what_intake_first_received_whatever_comes_first(
    earlier: IncidentReported, later: IncidentReported, turned: bool
) -> None:
    assert reduce([later, earlier] if turned else [earlier, later]).incidents == (earlier,)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("kept", "other"),
    [
        (incident("i", confidentiality=Confidentiality.CONFIDENTIAL), incident("i")),
        (incident("i", confidentiality=Confidentiality.CONFIDENTIAL, at=9), incident("i", at=1)),
        (
            incident("i", confidentiality=Confidentiality.CONFIDENTIAL, kind=Kind.SOCIAL_SAFETY, building="HORST"),
            incident("i", confidentiality=Confidentiality.OPEN, kind=Kind.GAS, building="CARRE"),
        ),
    ],
)
def test_what_was_once_sent_as_confidential_stays_so_whatever_comes_first(
    kept: IncidentReported, other: IncidentReported, turned: bool
) -> None:
    assert reduce([other, kept] if turned else [kept, other]).incidents == (kept,)


def test_of_two_that_nothing_tells_apart_the_first_is_kept() -> None:
    batch = reduce([incident("i", title="first"), incident("i", title="second")])
    assert [i.title for i in batch.incidents] == ["first"]
