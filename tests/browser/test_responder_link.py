"""The signed link of a page, as pagers and scripts use it."""

from uuid import uuid4

import httpx
import pytest

from tests.browser.crew import Crew

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def link(crew: Crew) -> str:
    """The link of the second member's page."""
    await crew.fire()
    return await crew.link(crew.members[1])


async def test_json_is_answered_with_the_page_and_a_repeat_changes_nothing(link: str, crew: Crew) -> None:
    async with httpx.AsyncClient() as anyone:
        first = await anyone.post(link, json={"answer": "coming", "eta_s": 120})
        version = (await crew.alert())["version"]
        again = await anyone.post(link, json={"answer": "coming", "eta_s": 120})
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json()["answer"], first.json()["eta_s"]) == ("coming", 120)
    assert again.json()["answered_at"] == first.json()["answered_at"]
    assert (await crew.alert())["version"] == version


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"answer": "perhaps"}', 422, "answer"),
        (b'{"answer": "coming", "eta_s": -1}', 422, "eta_s"),
        (b'{"answer": "coming", "colour": "red"}', 422, "colour"),
        (b"{", 400, None),
    ],
)
async def test_an_answer_that_is_not_right_is_a_problem_that_names_the_field(
    link: str, body: bytes, status: int, field: str | None
) -> None:
    async with httpx.AsyncClient() as anyone:
        answer = await anyone.post(link, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json().get("errors", [])] == ([field] if field else [])


async def test_a_form_with_a_wrong_answer_is_told_in_words(link: str) -> None:
    async with httpx.AsyncClient(headers=FORM) as anyone:
        answer = await anyone.post(link, content=b"answer=perhaps", headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "Your answer was not received" in answer.text


@pytest.mark.parametrize("token", ["?token=", "?token=0123456789abcdef0123456789abcdef", ""])
async def test_a_wrong_token_opens_nothing(link: str, token: str, crew: Crew) -> None:
    url = link.partition("?")[0] + token
    async with httpx.AsyncClient() as anyone:
        seen = [await anyone.get(url), await anyone.get(f"{link.partition('?')[0]}/fragment{token}")]
        answer = await anyone.post(url, json={"answer": "coming"})
    assert [response.status_code for response in seen] == [403 if token else 303, 403]
    assert answer.status_code == 403
    assert (await crew.page(crew.members[1]))["answer"] is None


async def test_a_page_that_does_not_exist_is_not_found(crew: Crew) -> None:
    url = crew.app.link(str(uuid4()))
    async with httpx.AsyncClient() as anyone:
        assert (await anyone.get(url)).status_code == 404
        assert (await anyone.post(url, json={"answer": "coming"})).status_code == 404


async def test_the_token_of_one_page_does_not_open_another(link: str, crew: Crew) -> None:
    other = (await crew.link(crew.members[2])).partition("?")[0]
    async with httpx.AsyncClient() as anyone:
        assert (await anyone.get(f"{other}?{link.partition('?')[2]}")).status_code == 403


async def test_a_responder_who_is_logged_in_cannot_answer_for_another(crew: Crew) -> None:
    await crew.fire()
    async with httpx.AsyncClient(base_url=crew.app.url) as member:
        log_in = {"username": crew.members[0], "password": "correct horse"}
        assert (await member.post("/alerting/login", data=log_in)).status_code == 303
        own = (await crew.page(crew.members[0]))["page_id"]
        other = (await crew.page(crew.members[1]))["page_id"]
        assert (await member.post(f"/alerting/respond/{other}", json={"answer": "coming"})).status_code == 403
        answered = await member.post(f"/alerting/respond/{own}", json={"answer": "coming"})
    assert (answered.status_code, answered.json()["member_id"]) == (200, crew.members[0])


async def test_an_operator_who_looks_at_a_page_gives_no_receipt_for_its_member(link: str, crew: Crew) -> None:
    page, _, signed = link.partition("?")
    async with httpx.AsyncClient(base_url=crew.app.url) as operator, httpx.AsyncClient() as member:
        log_in = {"username": "olga", "password": "correct horse"}
        assert (await operator.post("/alerting/login", data=log_in)).status_code == 303
        seen = await operator.get(page)
        shown = await member.get(f"{page}?{signed}")
        answered = await operator.post(page, content=b"answer=coming", headers=FORM)
    assert (seen.status_code, "data-unseen" in seen.text) == (200, False)
    assert "data-unseen" in shown.text
    assert answered.headers["location"] == httpx.URL(page).path


async def test_the_live_stream_ticks_at_once_and_says_that_it_must_not_be_kept(link: str) -> None:
    url = link.replace("?", "/live?")
    async with httpx.AsyncClient() as anyone, anyone.stream("GET", url) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        lines = stream.aiter_lines()
        told = [await anext(lines) for _ in range(4)]
    assert told[0] == "retry: 1000"
    assert told[2] == "event: tick"
    assert told[3].startswith('data: {"now": "')
