"""Enough were coming, and then they are not."""

from datetime import timedelta

from tests.e2e.campus import Alert, Campus, Crew
from tests.e2e.grounds import STEP_S
from tests.e2e.times import after


async def staffed(campus: Campus, own: Crew, eta_s: int | None = None) -> Alert:
    """Lead and two others come, the first of these in `eta_s`; the last one says so too late and is sent home."""
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    await own.lead.answers("coming")
    await own.others[1].answers("coming")
    await own.others[0].answers("coming", eta_s)
    await own.others[2].expects("stand_down")
    alert = await alarm.alert()
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1})
    return alert


async def test_a_later_no_pages_those_stood_down_again(campus: Campus) -> None:
    own = await campus.crew(others=3)
    alert = await staffed(campus, own)
    declined_at = await own.others[0].answers("not_coming")
    first, again = own.others[2].received[0], await own.others[2].expects_page(step=1, when=after(declined_at), again=2)
    assert again.page_id == first.page_id
    await alert.expects(state="paging", coming={"total": 2, "lead": 1})
    assert await alert.reasons("reopened") == ["reopened_not_coming"]
    await own.others[2].answers("coming")
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1})


async def test_the_surplus_is_paged_again_too(campus: Campus) -> None:
    own = await campus.crew(others=3)
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    for phone in (*own.others, own.lead):
        await phone.answers("coming")
    await own.others[2].expects("stand_down")
    declined_at = await own.others[0].answers("not_coming")
    await own.others[2].expects_page(step=1, when=after(declined_at), again=2)
    alert = await alarm.alert()
    await alert.expects(state="paging", coming={"total": 2, "lead": 1})
    await own.others[2].answers("coming")
    await alert.expects(state="staffed")


async def test_who_said_one_second_and_did_not_arrive_is_not_counted(campus: Campus) -> None:
    own = await campus.crew(others=3)
    alert = await staffed(campus, own, eta_s=1)
    due = await alert.when("staffed") + timedelta(seconds=1)
    await own.others[2].expects_page(step=1, when=after(due), again=2)
    await alert.expects(state="paging", coming={"total": 2, "lead": 1})
    assert await alert.reasons("reopened") == ["reopened_eta_passed"]
    await own.others[0].answers("arrived")
    await own.others[2].expects("stand_down", again=2)
    await alert.expects(state="staffed", coming={"total": 3, "lead": 1})


async def test_after_a_reopening_the_deadline_counts_anew(campus: Campus) -> None:
    own, buddies = await campus.crew(others=3), await campus.crew(building=campus.buddy)
    alert = await staffed(campus, own)
    await own.others[0].answers("not_coming")
    await own.others[2].expects_page(again=2)
    deadline = await alert.deadline()
    assert deadline == await alert.when("reopened") + timedelta(seconds=STEP_S)
    await buddies.expect_page(step=2, when=after(deadline))
