"""More than one report of the same thing, its end, and drills."""

from tests.e2e.campus import Campus, new_name
from tests.e2e.times import after, until_past


async def test_a_second_detector_of_the_same_zone_joins_and_disturbs_nobody(campus: Campus) -> None:
    own = await campus.crew()
    first = await campus.press("detector 12", zone="3")
    await own.expect_page(step=1)
    await own.answer("coming")
    alert = await first.alert()
    second = await campus.press("detector 13", zone="3")
    assert await second.alert() == alert
    assert len(await campus.open_alerts()) == 1


async def test_another_zone_and_a_higher_severity_update_everybody(campus: Campus) -> None:
    own = await campus.crew()
    first = await campus.press("detector 12", zone="3")
    alert = await first.alert()
    await own.expect_page(step=1)
    await own.answer("coming")
    elsewhere = await campus.press("detector 40", zone="4")
    await own.expect("update", when=after(elsewhere.pressed_at))
    worse = await campus.press("sprinkler 1", event="sprinkler_flow", zone="4")
    await own.expect("update", when=after(worse.pressed_at), again=2)
    seen = await alert.expects(severity="extreme", state="staffed")
    assert seen["incident_ids"] == [first.incident_id, elsewhere.incident_id, worse.incident_id]


async def test_the_same_alarm_sent_twice_pages_once(campus: Campus) -> None:
    own, name = await campus.crew(), new_name()
    first = await campus.press("detector 12", external_id=name)
    second = await campus.press("detector 12", external_id=name)
    assert second.incident_id == first.incident_id
    await own.expect_page(step=1)
    await own.answer("coming")
    third = await campus.press("detector 12", external_id=name)
    alert = await third.alert()
    assert (await alert.look())["incident_ids"] == [first.incident_id]
    assert await alert.reasons("incident") == []
    own.expects_nothing_more()
    await alert.close()
    await own.expect("stand_down")
    await campus.press("detector 12", external_id=name)
    later = await campus.press("detector 14")
    await own.expect_page(step=1, when=after(later.pressed_at))
    assert (await (await later.alert()).look())["incident_ids"] == [later.incident_id]


async def test_restored_tells_everybody_and_stops_the_escalation(campus: Campus) -> None:
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    alert = await alarm.alert()
    deadline = await alert.deadline()
    await own.lead.answers("coming")
    restored = await campus.press("detector 12", event="restored")
    await own.expect("restored", when=after(restored.pressed_at))
    await until_past(deadline)
    buddies.expects_nothing_more()
    seen = await alert.look()
    assert seen["restored_at"] is not None
    assert seen["state"] != "closed"


async def test_an_alarm_of_another_detector_keeps_the_alert_going(campus: Campus) -> None:
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    await campus.press("detector 13")
    await campus.press("detector 12", event="restored")
    alert = await alarm.alert()
    await buddies.expect_page(step=2, when=after(await alert.deadline()))
    assert (await alert.look())["restored_at"] is None


async def test_a_drill_is_marked_and_its_answers_count_for_no_real_alarm(campus: Campus) -> None:
    own = await campus.crew()
    drill = await campus.reports("fire.alarm", drill=True)
    await own.expect_page(step=1, drill=True)
    await own.answer("coming")
    exercise = await drill.alert()
    await exercise.expects(state="staffed", drill=True)
    alarm = await campus.press("detector 12")
    for phone in own.phones:
        came = await phone.expects_in_any_order("stand_down", "page")
        assert (came["stand_down"].body["drill"], came["page"].body["drill"]) == (True, False)
    alert = await alarm.alert()
    assert alert != exercise
    await alert.expects(state="paging", drill=False, coming={"total": 0, "lead": 0})
    await exercise.expects(state="closed")
    assert await exercise.reasons("closed") == ["preempted"]


async def test_a_test_of_the_panel_pages_nobody(campus: Campus) -> None:
    own = await campus.crew()
    tested = await campus.press("detector 12", event="test")
    real = await campus.press("detector 13")
    await own.expect_page(step=1)
    assert tested.incident_id not in (await (await real.alert()).look())["incident_ids"]
