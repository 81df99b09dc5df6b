"""The monitor page as it leaves the server: complete without a script, escaped, for those who may see it."""

from shared.words import AlertState, Answer, Confidentiality, Kind, Role, Severity
from tests.integration.reporting.room import Room
from tests.unit.reporting.invented import alert, incident, line, named, page

ATTACK = '<script>alert("x")</script>'


async def html(room: Room, path: str, role: Role = Role.OPERATOR) -> str:
    """A page, in English."""
    async with room.client(role) as client:
        answer = await client.get(path, params={"lang": "en"} if "?" not in path else None)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return answer.text


async def test_the_first_html_holds_the_whole_picture(room: Room) -> None:
    await room.fold(
        incident("smoke", title="Smoke in the gas storage"),
        alert("fire", 2, incidents=["smoke"], title="Fire in Horst", coming=2, step=2),
        page("fire", "Kim de Vries", answer=Answer.COMING, eta_s=120),
        page("fire", "Noor Jansen", answer=Answer.ARRIVED),
    )
    shown = await html(room, "/monitor/")
    assert "(1) Monitor · Meldkamer" in shown
    said = ["Fire in Horst", "Extreme", "Fire and evacuation", "Step 2; next step in", "Kim de Vries", "Noor Jansen"]
    said += ["Smoke in the gas storage", "Not live: reload to see changes", "Acknowledge"]
    assert [words for words in said if words not in shown] == []
    assert "Coming 2 / needed 3" in " ".join(shown.split())
    assert 'aria-label="Horst: 1 open alarm, Extreme"' in shown
    assert 'aria-label="Waaier: no alarms"' in shown


async def test_a_quiet_campus_is_calm_and_in_dutch_by_choice(room: Room) -> None:
    assert "No open alarms" in await html(room, "/monitor/")
    assert "Geen open alarmen" in await html(room, "/monitor/?lang=nl")


async def test_titles_of_our_own_words_are_read_in_the_readers_language(room: Room) -> None:
    """Intake writes them in the language of the campus."""
    forced = "Deur geforceerd, zijdeur"
    await room.fold(
        incident("door", title=forced, kind=Kind.ACCESS_FORCED), alert("forced", title=forced, kind=Kind.ACCESS_FORCED)
    )
    alert_page = f"/monitor/alerts/{named('forced')}"
    for path in ("/monitor/", alert_page):
        assert "Door forced, zijdeur" in await html(room, path)
        assert "Deur geforceerd" not in await html(room, path)
        assert forced in await html(room, f"{path}?lang=nl")
    assert "<title>Door forced, zijdeur · Meldkamer</title>" in await html(room, alert_page)
    assert (await room.get("/monitor/v1/alerts"))["items"][0]["title"] == forced


async def test_why_an_alert_was_closed_is_said_in_the_readers_language_when_no_person_wrote_it(room: Room) -> None:
    over = alert("old", state=AlertState.CLOSED)
    shown = f"/monitor/alerts/{over.alert_id}?lang=nl"
    await room.fold(over.model_copy(update={"close_reason": "superseded by a new alarm"}))
    assert "Niemand sloot het, en er kwam een nieuw alarm" in await html(room, shown)
    await room.fold(over.model_copy(update={"version": 2, "close_reason": "Restored"}))
    assert ": Restored<" in await html(room, shown)


async def test_what_people_and_machines_wrote_is_escaped(room: Room) -> None:
    said = line(1, reason=ATTACK, text=ATTACK)
    await room.fold(
        incident("odd", title=ATTACK, building=ATTACK, kind=Kind.OTHER),
        alert("odd alert", title=ATTACK, building=ATTACK, plan=ATTACK, acknowledged_by=ATTACK, lines=[said]),
        page("odd alert", ATTACK, answer=Answer.COMING, team=ATTACK),
    )
    for path in ("/monitor/", f"/monitor/alerts/{named('odd alert')}", f"/monitor/?building={ATTACK}"):
        shown = await html(room, path)
        assert "<script>alert" not in shown
        assert shown.count("<script") == 1
    assert "&lt;script&gt;" in shown or "&lt;SCRIPT&gt;" in shown


async def test_an_alert_tells_who_was_paged_and_why(room: Room) -> None:
    why = line(2, event="escalated", reason="quorum_impossible", text="The buddy building Carré is paged.")
    await room.fold(alert("fire", 2, incidents=["smoke"], lines=[line(1), why]), page("fire", "Kim"))
    shown = await html(room, f"/monitor/alerts/{named('fire')}")
    for words in ("Kim", "Too few people can still answer", "The buddy building Carré is paged.", "Delivered"):
        assert words in shown


async def test_a_building_narrows_alarms_and_incidents_but_not_the_map(room: Room) -> None:
    await room.fold(
        alert("fire", title="Fire in Horst"),
        alert("water", title="Water in Carré", building="CARRE", severity=Severity.MINOR),
        incident("drip", building="CARRE", title="A drip"),
        incident("smoke", title="Some smoke"),
    )
    shown = await html(room, "/monitor/?building=carre&lang=en")
    assert "Water in Carré" in shown
    assert "A drip" in shown
    assert "Fire in Horst" not in shown
    assert "Some smoke" not in shown
    assert 'aria-label="Horst: 1 open alarm, Extreme"' in shown


async def test_confidential_rows_are_not_on_the_control_rooms_page(room: Room) -> None:
    secret = Confidentiality.CONFIDENTIAL
    await room.fold(
        incident("report", title="A report", confidentiality=secret),
        alert("help", title="Somebody needs help", confidentiality=secret),
        page("help", "An adviser", answer=Answer.COMING, confidentiality=secret),
    )
    hidden = await html(room, "/monitor/", Role.OPERATOR)
    assert not any(words in hidden for words in ("A report", "Somebody needs help", "An adviser"))
    assert 'data-count="0"' in hidden
    assert 'aria-label="Horst: no alarms"' in hidden
    seen = await html(room, "/monitor/", Role.ADVISER)
    assert all(words in seen for words in ("A report", "Somebody needs help", "An adviser"))
    async with room.client(Role.OPERATOR) as client:
        assert (await client.get(f"/monitor/alerts/{named('help')}")).status_code == 404


async def test_only_an_operator_is_offered_to_acknowledge(room: Room) -> None:
    await room.fold(alert("fire"))
    assert "data-acknowledge" in await html(room, "/monitor/", Role.OPERATOR)
    assert "data-acknowledge" not in await html(room, "/monitor/", Role.AUDITOR)


async def test_only_an_operator_is_offered_to_answer_for_others_and_only_while_it_is_of_use(room: Room) -> None:
    await room.fold(alert("fire"), page("fire", "Kim"), alert("over", state=AlertState.CLOSED), page("over", "Sam"))
    fire, over = f"/monitor/alerts/{named('fire')}", f"/monitor/alerts/{named('over')}"
    assert "/alerting/respond/" in await html(room, fire, Role.OPERATOR)
    assert "/alerting/respond/" not in await html(room, fire, Role.AUDITOR)
    assert "/alerting/respond/" not in await html(room, over, Role.OPERATOR)


async def test_a_page_that_is_asked_for_in_one_language_is_renewed_in_it(room: Room) -> None:
    await room.fold(alert("fire"))
    assert "fragments/board?lang=en&amp;building=HORST" in await html(room, "/monitor/?building=horst&lang=en")
    assert "?lang=nl" in await html(room, f"/monitor/alerts/{named('fire')}?lang=nl")


async def test_who_is_not_logged_in_goes_to_the_log_in_and_comes_back(room: Room) -> None:
    async with room.client(None) as client:
        sent = await client.get("/monitor/?building=HORST")
        assert sent.status_code == 303
        assert sent.headers["location"] == "/monitor/login?back=%2Fmonitor%2F%3Fbuilding%3DHORST"
        form = await client.get(sent.headers["location"])
        assert 'value="/monitor/?building=HORST"' in form.text


async def test_a_responder_is_told_where_his_pages_are(room: Room) -> None:
    async with room.client(Role.RESPONDER) as client:
        told = await client.get("/monitor/?lang=en")
    assert told.status_code == 403
    assert "/alerting/respond" in told.text


async def test_pages_forbid_scripts_and_styles_from_elsewhere(room: Room) -> None:
    async with room.client() as client:
        policy = (await client.get("/monitor/")).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        for file in (
            "monitor.js",
            "merge.js",
            "monitor.css",
            "shared/tokens.css",
            "shared/base.css",
            "shared/icon.svg",
        ):
            assert (await client.get(f"/monitor/static/{file}")).status_code == 200
