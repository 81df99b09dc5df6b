"""What is shelved pages nobody, and pages again when it is taken off the shelf."""

from http import HTTPStatus

from tests.e2e.campus import SEEN_WITHIN_S, Campus
from tests.e2e.times import after, until

FOR_AN_HOUR = {"for_s": 3600, "reason": "dust of the works"}


async def test_a_shelved_detector_is_recorded_and_pages_nobody_until_it_is_taken_off(campus: Campus) -> None:
    own = await campus.crew()
    first = await campus.press("detector 12")
    await own.expect_page(step=1)
    alert = await first.alert()
    shelved = await campus.product.call("POST", "alerting", f"/v1/alerts/{alert.alert_id}/shelve", FOR_AN_HOUR)
    assert shelved.status == HTTPStatus.OK, shelved
    assert await alert.reasons("shelved") == ["shelved"]
    await alert.close()
    await own.expect("stand_down")
    silent = await campus.press("detector 12")
    items = (await campus.product.get("alerting", "/v1/shelved"))["items"]
    (shelf,) = [item for item in items if (item["source"] or "").endswith("/detector 12")]
    other = await campus.press("detector 13")
    await own.expect_page(step=1, when=after(other.pressed_at))
    later = await other.alert()
    assert (await later.look())["incident_ids"] == [other.incident_id]
    await campus.product.call("DELETE", "alerting", f"/v1/shelved/{shelf['shelf_id']}")
    again = await campus.press("detector 12")
    assert await again.alert() == later
    await later.is_shown()
    shown = await campus.product.get("reporting", f"/v1/incidents/{silent.incident_id}")
    assert (shown["incident_id"], shown["alert_id"]) == (silent.incident_id, None)


async def test_a_building_in_maintenance_pages_nobody(campus: Campus) -> None:
    own, buddies = await campus.crew(), await campus.crew(building=campus.buddy)
    shelf = await campus.product.call("POST", "alerting", "/v1/shelved", {"building": campus.home, **FOR_AN_HOUR})
    assert shelf.status == HTTPStatus.CREATED, shelf
    silent = await campus.press("detector 12")

    async def shown() -> bool:
        reply = await campus.product.call("GET", "reporting", f"/v1/incidents/{silent.incident_id}")
        return reply.status == HTTPStatus.OK

    await until(shown, SEEN_WITHIN_S)
    loud = await campus.press("detector 1", building=campus.buddy)
    await buddies.expect_page(step=1, when=after(loud.pressed_at))
    assert await campus.open_alerts() == []
    own.expects_nothing_more()
