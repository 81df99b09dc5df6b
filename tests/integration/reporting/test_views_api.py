"""The JSON API, row by row."""

import httpx
import pytest

from shared.words import AlertState, Answer, Confidentiality, Kind, Role, Severity
from tests.integration.reporting.room import TOKEN, Room, ids
from tests.unit.reporting.invented import alert, incident, named, page

SECRET_ROW = Confidentiality.CONFIDENTIAL


async def test_an_incident_is_shown_with_its_alert_and_revision(room: Room) -> None:
    await room.fold(incident("smoke"), alert("fire", incidents=["smoke"]))
    shown = (await room.get("/monitor/v1/incidents"))["items"][0]
    assert shown["incident_id"] == str(named("smoke"))
    assert shown["alert_id"] == str(named("fire"))
    assert (shown["kind"], shown["severity"], shown["location"]["building"]) == ("fire.alarm", "extreme", "HORST")
    assert shown["revision"] > 0
    assert await room.get(f"/monitor/v1/incidents/{named('smoke')}") == shown


async def test_incidents_come_newest_first_and_page_by_page(room: Room) -> None:
    await room.fold(*(incident(f"i{n}", at=n) for n in range(5)))
    first = await room.get("/monitor/v1/incidents?limit=2")
    await room.fold(incident("later", at=60))
    second = await room.get(f"/monitor/v1/incidents?limit=2&cursor={first['next']}")
    third = await room.get(f"/monitor/v1/incidents?limit=2&cursor={second['next']}")
    shown = ids([*first["items"], *second["items"], *third["items"]], "incident_id")
    assert shown == [str(named(f"i{n}")) for n in (4, 3, 2, 1, 0)]
    assert third["next"] is None


async def test_since_gives_what_changed_after_a_revision_and_nothing_twice(room: Room) -> None:
    await room.fold(incident("a"), incident("b"))
    seen = max(i["revision"] for i in (await room.get("/monitor/v1/incidents"))["items"])
    await room.fold(incident("c"), alert("fire", incidents=["a"]))
    first = await room.get(f"/monitor/v1/incidents?since={seen}&limit=1")
    second = await room.get(f"/monitor/v1/incidents?since={seen}&limit=1&cursor={first['next']}")
    changed = [*first["items"], *second["items"]]
    assert ids(changed, "incident_id") == [str(named("c")), str(named("a"))]
    assert changed[1]["alert_id"] == str(named("fire"))
    assert second["next"] is None
    assert (await room.get(f"/monitor/v1/incidents?since={changed[1]['revision']}"))["items"] == []


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=fire", ["fire", "fault"]),
        ("kind=fire.fault", ["fault"]),
        ("kind=fir", []),
        ("building=carre", ["theft"]),
        ("severity=minor", ["theft"]),
        ("kind=fire&severity=extreme", ["fire"]),
    ],
)
async def test_incidents_are_narrowed_by_kind_family_building_and_severity(
    room: Room, query: str, shown: list[str]
) -> None:
    await room.fold(
        incident("fire", at=3),
        incident("fault", kind=Kind.FIRE_FAULT, severity=Severity.MODERATE, at=2),
        incident("theft", kind=Kind.THEFT, building="CARRE", severity=Severity.MINOR, at=1),
    )
    items = (await room.get(f"/monitor/v1/incidents?{query}"))["items"]
    assert ids(items, "incident_id") == [str(named(name)) for name in shown]


async def test_an_alert_is_shown_in_the_shape_others_rely_on(room: Room) -> None:
    await room.fold(
        alert("fire", 2, incidents=["smoke"], coming=1), page("fire", "Kim", answer=Answer.COMING, eta_s=120)
    )
    await room.fold(alert("fire", 1))
    shown = await room.get(f"/monitor/v1/alerts/{named('fire')}")
    assert shown["alert_id"] == str(named("fire"))
    assert (shown["plan"], shown["state"], shown["building"], shown["severity"]) == (
        "fire",
        "paging",
        "HORST",
        "extreme",
    )
    assert (shown["drill"], shown["step"]) == (False, 1)
    assert (shown["needed"], shown["coming"]) == ({"total": 3, "lead": 1}, {"total": 1, "lead": 1})
    assert shown["incident_ids"] == [str(named("smoke"))]
    assert [line["seq"] for line in shown["timeline"]] == [1, 2]
    assert set(shown["timeline"][0]) == {"seq", "at", "event", "reason", "cause", "text"}
    (called,) = shown["pages"]
    assert (called["member_id"], called["member"], called["team"]) == ("kim", "Kim", "bhv-horst")
    assert (called["state"], called["answer"], called["eta_s"]) == ("delivered", "coming", 120)
    assert called["channel"] == "webhook"


async def test_of_a_timeline_that_grew_for_weeks_the_beginning_and_the_end_are_shown(room: Room) -> None:
    await room.fold(alert("fire", 1))
    await room.pool.execute(
        "INSERT INTO timeline SELECT $1, n, now(), 'incident', 'joined', 'x', 'y' FROM generate_series(3, 1300) n",
        named("fire"),
    )
    shown = await room.get(f"/monitor/v1/alerts/{named('fire')}")
    assert [line["seq"] for line in shown["timeline"]] == [1, *range(3, 201), *range(501, 1301)]


async def test_alerts_are_narrowed_by_state_and_building_and_leave_out_pages_and_timeline(room: Room) -> None:
    await room.fold(
        alert("old", state=AlertState.CLOSED, opened=0),
        alert("horst", opened=10),
        alert("carre", building="CARRE", opened=20),
    )
    items = (await room.get("/monitor/v1/alerts"))["items"]
    assert ids(items, "alert_id") == [str(named(n)) for n in ("carre", "horst", "old")]
    assert not {"pages", "timeline"} & set(items[0])
    assert ids((await room.get("/monitor/v1/alerts?state=closed"))["items"], "alert_id") == [str(named("old"))]
    both = await room.get("/monitor/v1/alerts?state=paging&building=horst")
    assert ids(both["items"], "alert_id") == [str(named("horst"))]
    first = await room.get("/monitor/v1/alerts?limit=2")
    rest = await room.get(f"/monitor/v1/alerts?limit=2&cursor={first['next']}")
    assert ids([*first["items"], *rest["items"]], "alert_id") == ids(items, "alert_id")


async def test_a_building_has_its_buddies_in_order_its_outline_and_its_open_alerts(room: Room) -> None:
    await room.fold(alert("fire"), alert("closed", state=AlertState.CLOSED))
    items = (await room.get("/monitor/v1/buildings"))["items"]
    horst = next(item for item in items if item["code"] == "HORST")
    assert horst["buddies"] == ["CARRE", "NANOLAB", "TECHNOHAL"]
    assert horst["open_alerts"] == [str(named("fire"))]
    assert horst["severity"] == "extreme"
    assert len(horst["polygon"]) > 2
    assert all(item["open_alerts"] == [] for item in items if item["code"] != "HORST")
    english = await room.get("/monitor/v1/buildings?lang=en")
    assert [item["name"] for item in english["items"]] == [item["names"]["en"] for item in items]


async def test_confidential_rows_are_for_advisers_and_admins_alone(room: Room) -> None:
    await room.fold(
        incident("report", confidentiality=SECRET_ROW),
        alert("help", incidents=["report"], confidentiality=SECRET_ROW),
        page("help", "Kim", confidentiality=SECRET_ROW),
    )
    for role in (Role.ADVISER, Role.ADMIN):
        assert len((await room.get("/monitor/v1/incidents", role))["items"]) == 1
        assert len((await room.get(f"/monitor/v1/alerts/{named('help')}", role))["pages"]) == 1
    for role in (Role.OPERATOR, Role.TEAM_LEAD, Role.FACILITY_MANAGER, Role.DIRECTOR, Role.AUDITOR):
        assert (await room.get("/monitor/v1/incidents", role))["items"] == []
        assert (await room.get("/monitor/v1/incidents?since=0", role))["items"] == []
        assert (await room.get("/monitor/v1/alerts", role))["items"] == []
        assert all(b["open_alerts"] == [] for b in (await room.get("/monitor/v1/buildings", role))["items"])
        async with room.client(role) as client:
            assert (await client.get(f"/monitor/v1/incidents/{named('report')}")).status_code == 404
            assert (await client.get(f"/monitor/v1/alerts/{named('help')}")).status_code == 404


async def test_who_may_not_read_is_told_so(room: Room) -> None:
    async with room.client(None) as nobody, room.client(Role.RESPONDER) as responder:
        for path in ("incidents", "alerts", "buildings", "live", f"alerts/{named('x')}"):
            refused = await nobody.get(f"/monitor/v1/{path}")
            assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
            assert (await responder.get(f"/monitor/v1/{path}")).status_code == 403


async def test_the_admin_token_reads_everything(room: Room) -> None:
    async with httpx.AsyncClient(base_url=room.url, headers={"Authorization": f"Bearer {TOKEN}"}) as script:
        assert (await script.get("/monitor/v1/incidents")).status_code == 200
        script.headers["Authorization"] = "Bearer wrong"
        assert (await script.get("/monitor/v1/incidents")).status_code == 401


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("incidents?cursor=nonsense", "cursor"),
        ("incidents?since=1&cursor=nonsense", "cursor"),
        ("alerts?cursor=nonsense", "cursor"),
        ("incidents?since=-1", "since"),
        ("incidents?severity=bad", "severity"),
        ("incidents?limit=0", "limit"),
        ("alerts?state=burning", "state"),
        ("alerts/not-an-id", "alert_id"),
    ],
)
async def test_a_bad_field_is_named(room: Room, path: str, field: str) -> None:
    async with room.client() as client:
        answer = await client.get(f"/monitor/v1/{path}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_what_is_not_there_is_404(room: Room) -> None:
    async with room.client() as client:
        for path in (f"incidents/{named('none')}", f"alerts/{named('none')}"):
            answer = await client.get(f"/monitor/v1/{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
