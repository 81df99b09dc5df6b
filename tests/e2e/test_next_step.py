"""Too few come: who is called next, when, and why."""

import asyncio
from datetime import timedelta

from tests.e2e.campus import Campus
from tests.e2e.grounds import STEP_S
from tests.e2e.times import after, until_past


async def test_too_few_by_the_deadline_pages_the_buddy_building_once(campus: Campus) -> None:
    own, buddies = await campus.crew(others=3), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1, when=after(alarm.pressed_at))
    await own.lead.answers("coming")
    alert = await alarm.alert()
    deadline = await alert.deadline()
    assert deadline == await alert.when("opened") + timedelta(seconds=STEP_S)
    await buddies.expect_page(step=2, when=after(deadline))
    assert await alert.reasons("escalated") == ["deadline_passed"]
    for phone in buddies.phones[:2]:
        await phone.answers("coming")
    await alert.expects(state="staffed", step=2)
    await asyncio.gather(*(phone.expects("stand_down") for phone in (*own.others, buddies.phones[2])))
    await until_past(deadline, STEP_S + 1)
    buddies.expects_nothing_more()


async def test_the_next_step_comes_at_once_when_too_few_can_still_come(campus: Campus) -> None:
    own, buddies = await campus.crew(others=2), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    alert = await alarm.alert()
    deadline = await alert.deadline()
    declined_at = await own.others[0].answers("not_coming")
    await buddies.expect_page(step=2, when=after(declined_at))
    assert await alert.when("escalated") < deadline
    assert await alert.reasons("escalated") == ["quorum_impossible"]


async def test_the_next_step_comes_at_once_when_no_lead_can_come(campus: Campus) -> None:
    own, buddies = await campus.crew(others=4), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    for phone in own.others[:3]:
        await phone.answers("coming")
    buddies.expects_nothing_more()
    declined_at = await own.lead.answers("not_coming")
    await buddies.expect_page(step=2, when=after(declined_at))
    alert = await alarm.alert()
    assert await alert.reasons("escalated") == ["function_impossible"]
    await buddies.lead.answers("coming")
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1})
    # The third who said so is one more than needed now, the fourth never answered.
    home = (own.others[2], own.others[3], *buddies.others)
    await asyncio.gather(*(phone.expects("stand_down") for phone in home))


async def test_a_team_without_people_is_passed_over_at_once(campus: Campus) -> None:
    buddies = await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await buddies.expect_page(step=2, when=after(alarm.pressed_at))
    assert await (await alarm.alert()).reasons("skipped") == ["team_empty"]


async def test_a_team_of_which_nobody_is_present_is_passed_over_at_once(campus: Campus) -> None:
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    await campus.is_present(own.lead, None)
    for phone in own.others:
        await campus.is_present(phone, campus.second_buddy)
    alarm = await campus.press("detector 12")
    await buddies.expect_page(step=2, when=after(alarm.pressed_at))
    assert await (await alarm.alert()).reasons("skipped") == ["nobody_present"]
    own.expects_nothing_more()


async def test_a_buddy_building_with_an_alarm_of_its_own_is_not_called(campus: Campus) -> None:
    buddies, others = await campus.crew(building=campus.buddy), await campus.crew(building=campus.second_buddy)
    await campus.press("detector 1", building=campus.buddy)
    await buddies.expect_page(step=1)
    await buddies.answer("coming")
    alarm = await campus.press("detector 12")
    await others.expect_page(step=2, when=after(alarm.pressed_at))
    assert "buddy_in_alarm" in await (await alarm.alert()).reasons("skipped")
    buddies.expects_nothing_more()


async def test_nobody_answers_and_every_step_has_its_turn(campus: Campus) -> None:
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    others, security = await campus.crew(building=campus.second_buddy), await campus.team("security", 2)
    coordinator = await campus.team("coordinator")
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1, when=after(alarm.pressed_at))
    alert = await alarm.alert()
    await buddies.expect_page(step=2, when=after(await alert.deadline()))
    deadline = await alert.deadline()
    await asyncio.gather(*(crew.expect_page(step=3, when=after(deadline)) for crew in (others, security)))
    await coordinator.expect_page(step=4, when=after(await alert.deadline()))
    await until_past(await alert.deadline(), 0)
    await alert.expects(state="exhausted", coming={"total": 0, "lead": 0})
    assert await alert.reasons("escalated") == ["deadline_passed"] * 3


async def test_a_psychological_crisis_pages_the_interventiegroep_and_never_the_bhv(campus: Campus) -> None:
    own, intervention = await campus.crew(), await campus.team("interventiegroep", 2)
    incident = await campus.reports("psychological")
    await intervention.expect_page(step=1, when=after(incident.pressed_at))
    own.expects_nothing_more()
