"""Who answers what in the demonstration."""

from uuid import UUID, uuid4

from deploy.demo.cast import Cast, next_arrival, next_reply
from deploy.demo.product import AlertSeen, PageSeen
from shared.words import AlertState, Answer, PageState


def page(member: str, answer: Answer | None = None, lead: bool = False, state: PageState = PageState.SENT) -> PageSeen:
    """A page of Horst's BHV."""
    return PageSeen(
        page_id=uuid4(),
        member_id=member,
        member=member.title(),
        team="bhv-horst",
        functions=("lead",) if lead else (),
        step=1,
        state=state,
        answer=answer,
    )


def alert(*pages: PageSeen, state: AlertState = AlertState.PAGING) -> AlertSeen:
    """A fire in Horst."""
    return AlertSeen(alert_id=UUID(int=1), plan="fire", state=state, building="HORST", step=1, incident_ids=(),
                     pages=pages)  # fmt: skip


def test_who_leads_answers_first() -> None:
    reply = next_reply(alert(page("amira"), page("wout", lead=True)), Cast())
    assert reply is not None
    assert (reply.page.member_id, reply.answer, reply.eta_s) == ("wout", Answer.COMING, 60)


def test_nobody_answers_for_the_member_a_person_plays() -> None:
    assert next_reply(alert(page("fenna")), Cast(human="fenna")) is None
    assert next_arrival(alert(page("fenna", Answer.COMING)), Cast(human="fenna")) is None


def test_of_a_short_handed_team_only_so_many_come() -> None:
    cast = Cast(only={"bhv-horst": 1})
    first = next_reply(alert(page("amira"), page("bram")), cast)
    second = next_reply(alert(page("amira", Answer.COMING), page("bram")), cast)
    assert first is not None
    assert second is not None
    assert (first.answer, second.answer) == (Answer.COMING, Answer.NOT_COMING)
    assert second.eta_s is None


def test_with_enough_people_nobody_answers_any_more() -> None:
    assert next_reply(alert(page("amira"), state=AlertState.STAFFED), Cast()) is None


def test_who_was_stood_down_or_not_reached_does_not_answer() -> None:
    pages = [page("amira", state=PageState.STOOD_DOWN), page("bram", state=PageState.FAILED)]
    assert next_reply(alert(*pages), Cast()) is None


def test_who_is_coming_arrives_once_and_the_stood_down_do_not() -> None:
    there, sent_home = page("amira", Answer.ARRIVED), page("bram", Answer.COMING, state=PageState.STOOD_DOWN)
    assert next_arrival(alert(there, sent_home), Cast()) is None
    coming = page("chidi", Answer.COMING)
    assert next_arrival(alert(there, sent_home, coming), Cast()) == coming
