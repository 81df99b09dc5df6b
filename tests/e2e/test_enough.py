"""Enough people come."""

from tests.e2e.campus import Campus
from tests.e2e.times import after, until_past


async def test_a_page_says_what_where_and_how_to_answer(campus: Campus) -> None:
    own = await campus.crew(others=2)
    alarm = await campus.press("detector 12", zone="3", floor="1", text="Smoke in the corridor")
    page = await own.lead.expects_page(step=1, when=after(alarm.pressed_at))
    assert page.body["alert_id"] == (await alarm.alert()).alert_id
    assert page.body["building"] == campus.home
    assert page.body["severity"] == "severe"
    assert page.body["language"] == "en"
    assert page.body["title"].startswith("Fire alarm")
    assert page.body["meeting_point"] == f"In front of {campus.home}"
    assert "Smoke in the corridor" in page.body["text"]
    assert "zone 3" in page.body["text"]
    assert page.page_id in page.body["answer_url"]
    for phone in own.others:
        await phone.expects_page(step=1, when=after(alarm.pressed_at))


async def test_enough_answers_stop_the_paging(campus: Campus) -> None:
    own, buddies = await campus.crew(others=3), await campus.crew(building=campus.buddy)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1, when=after(alarm.pressed_at))
    alert = await alarm.alert()
    deadline = await alert.deadline()
    await own.lead.answers("coming", eta_s=60)
    await own.others[0].answers("coming")
    assert (await alert.expects(state="paging"))["coming"] == {"total": 2, "lead": 1}
    enough_at = await own.others[1].answers("arrived")
    await own.others[2].expects("stand_down", when=after(enough_at))
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1}, step=1)
    await until_past(deadline)
    own.expects_nothing_more()
    buddies.expects_nothing_more()


async def test_exactly_the_surplus_is_sent_home_and_the_lead_stays(campus: Campus) -> None:
    own = await campus.crew(others=3)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    for phone in own.others:
        await phone.answers("coming")
    alert = await alarm.alert()
    assert (await alert.expects(state="paging"))["coming"] == {"total": 3, "lead": 0}
    enough_at = await own.lead.answers("coming")
    await own.others[2].expects("stand_down", when=after(enough_at))
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1})
    own.expects_nothing_more()


async def test_saying_it_twice_changes_nothing(campus: Campus) -> None:
    own = await campus.crew(others=2)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    await own.lead.answers("coming")
    alert = await alarm.alert()
    before = await alert.look()
    await own.lead.answers("coming")
    after_it = await alert.look()
    assert [after_it[name] for name in ("version", "coming", "timeline")] == [
        before[name] for name in ("version", "coming", "timeline")
    ]
    assert before["coming"] == {"total": 1, "lead": 1}


async def test_an_operator_answers_for_a_member_and_nobody_else_does(campus: Campus) -> None:
    own = await campus.crew(others=2)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    alert = await alarm.alert()
    page = next(p for p in (await alert.look())["pages"] if p["member_id"] == own.lead.member_id)
    answer = f"/v1/pages/{page['page_id']}/answer"
    nobody = await campus.product.call("POST", "alerting", answer, {"answer": "coming"}, token="wrong")
    assert nobody.status == 401
    operator = await campus.product.call("POST", "alerting", answer, {"answer": "coming"})
    assert (operator.status, operator.body["answer"]) == (200, "coming")
    await alert.expects(coming={"total": 1, "lead": 1})
