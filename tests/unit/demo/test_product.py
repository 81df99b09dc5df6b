"""The demonstration survives a product that restarts, and sends the same report again."""

import json
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from deploy.demo import product as product_module
from deploy.demo.product import Product, Unexpected
from deploy.demo.settings import Access

ID = UUID("5f6c1d1e-0b0a-5d7e-8a43-5c7d3f6a9b11")
ACCESS = Access(base_url="http://campus.test", admin_token="admin", source_keys={"fire": "fire-key"})


class Away:
    """Plays a service: each request gets the next of the answers; keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers: Iterator[httpx.Response | Exception] = iter(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_module, "BACKOFF_S", (0.0, 0.0))


def product(away: Away) -> Product:
    """The product behind that transport."""
    client = httpx.AsyncClient(base_url=ACCESS.base_url, transport=httpx.MockTransport(away))
    return Product(ACCESS, client)


async def test_a_report_is_sent_again_under_its_name_until_it_is_taken() -> None:
    away = Away(
        httpx.ConnectError("away"),
        httpx.Response(503, headers={"Retry-After": "2"}),
        httpx.Response(202, json={"incident_id": str(ID), "status": "published"}),
    )
    body = {"device": "detector 12", "external_id": "demo-1"}
    assert await product(away).report("fire-alarms", "fire", body) == [ID]
    assert [json.loads(request.content) for request in away.requests] == [body] * 3
    assert {request.headers["authorization"] for request in away.requests} == {"Bearer fire-key"}


async def test_a_refusal_for_good_is_not_repeated() -> None:
    away = Away(httpx.Response(422, text="no such field"))
    with pytest.raises(Unexpected, match="422 no such field"):
        await product(away).report("fire-alarms", "fire", {})
    assert len(away.requests) == 1


async def test_closed_alerts_are_not_among_the_open_ones() -> None:
    alert: dict[str, object] = {"alert_id": str(ID), "plan": "fire", "building": None, "step": 1, "incident_ids": []}
    items = [alert | {"state": "paging"}, alert | {"state": "closed"}]
    found = await product(Away(httpx.Response(200, json={"items": items, "next": None}))).open_alerts()
    assert [one.state for one in found] == ["paging"]
