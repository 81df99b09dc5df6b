"""More kinds of incidents under one plan: whoever was called for the one must learn of the other."""

from dataclasses import replace

from services.alerting.core.model import Message
from services.alerting.core.reason import Event, Reason
from services.alerting.core.report import webhook_body
from shared.words import Kind, Language, MessageType, Severity
from tests.unit.alerting.world import (
    COMING,
    FIRE,
    LEAD,
    NOT_COMING,
    NOW,
    ROSTER,
    Story,
    incident,
    member,
    opened,
    reasons,
)

THREAT = replace(FIRE, id="threat", kinds=frozenset({Kind.ACCESS_DURESS, Kind.THREAT_BOMB, Kind.THREAT_VIOLENCE}))
DUTCH = {**ROSTER, "bhv-horst": (member("h1", LEAD, language=Language.NL), *ROSTER["bhv-horst"][1:])}
DURESS = incident("first", Kind.ACCESS_DURESS, title="Door opened under duress, door 3")
BOMB = incident("second", Kind.THREAT_BOMB)


def duress() -> Story:
    """Somebody was forced to open a door."""
    return opened(DURESS, plan=THREAT, roster=DUTCH)


def said(story: Story, member_id: str, type_: MessageType = MessageType.UPDATE) -> tuple[str, str]:
    """The title and the text that a member reads."""
    page = story.page(member_id)
    body = webhook_body(story.alert, page, Message(page.page_id, type_, 1), NOW, "https://campus.example/a")
    return str(body["title"]), str(body["text"])


def test_another_kind_updates_everybody_who_may_come_and_has_its_line() -> None:
    story = duress()
    story.answers(NOT_COMING, "h5")
    story.answers(COMING, "h3")
    story.reports(BOMB)
    assert story.told(MessageType.UPDATE) == {"h1", "h2", "h3", "h4"}
    (line,) = story.last.timeline
    assert (line.event, line.reason) == (Event.INCIDENT, Reason.KIND_ADDED)
    assert line.text == "There is another kind of incident: Bomb threat."


def test_the_update_names_both_kinds_in_the_readers_language() -> None:
    story = duress()
    story.reports(BOMB)
    title, text = said(story, "h2")
    assert title == "Update: Access under duress + Bomb threat, The Horst"
    assert text.startswith("The alert has changed. Door opened under duress, door 3. Also: Bomb threat. The Horst.")
    title, text = said(story, "h1")
    assert title == "Wijziging: Toegang onder dwang + Bommelding, De Horst"
    assert "Ook: Bommelding." in text


def test_those_who_are_called_later_read_of_both_kinds() -> None:
    story = duress()
    story.reports(BOMB)
    story.wait(60)
    assert "c1" in story.told(MessageType.PAGE)
    assert said(story, "c1", MessageType.PAGE)[0] == "Access under duress + Bomb threat, The Horst"


def test_a_kind_that_the_alert_has_had_is_no_news_in_a_later_batch_either() -> None:
    story = duress()
    story.reports(BOMB)
    for name, kind in (("third", Kind.THREAT_BOMB), ("fourth", Kind.ACCESS_DURESS)):
        assert not story.reports(incident(name, kind)).messages
        assert reasons(story.last) == {Reason.JOINED}
    story.reports(incident("fifth", Kind.THREAT_VIOLENCE), incident("sixth", Kind.THREAT_VIOLENCE))
    assert story.told(MessageType.UPDATE) == {"h1", "h2", "h3", "h4", "h5"}
    assert story.alert.more_kinds == (Kind.THREAT_BOMB, Kind.THREAT_VIOLENCE)


def test_a_batch_that_opens_with_two_kinds_pages_once_and_names_both() -> None:
    story = opened(DURESS, BOMB, plan=THREAT)
    assert {message.type for message in story.last.messages} == {MessageType.PAGE}
    assert Reason.KIND_ADDED in reasons(story.last)
    assert said(story, "h2", MessageType.PAGE)[0] == "Access under duress + Bomb threat, The Horst"


def test_a_kind_a_severity_and_a_place_have_a_line_each_and_one_message() -> None:
    story = duress()
    story.reports(incident("second", Kind.THREAT_BOMB, severity=Severity.EXTREME, zone="4"))
    assert [line.reason for line in story.last.timeline] == [
        Reason.KIND_ADDED,
        Reason.SEVERITY_RAISED,
        Reason.ZONE_ADDED,
    ]
    assert len(story.last.messages) == 5


def test_of_many_kinds_the_title_names_the_first_and_the_newest() -> None:
    many = (Kind.FIRE_ALARM, Kind.GAS, Kind.POWER, Kind.WATER)
    plan = replace(FIRE, kinds=frozenset(many))
    story = opened(*(incident(kind, kind) for kind in many), plan=plan)
    title, text = said(story, "h1")
    assert title == "Update: Fire alarm + Power failure + Water leak, The Horst"
    assert "Also: Gas leak, Power failure, Water leak." in text
