"""Is this process alive, can it work, and what does it count: /livez, /readyz, /metrics."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import clock, metrics
from shared.db import Pool

Check = Callable[[], Awaitable[str | None]]
HEARTBEAT_S = 0.5
CHECK_S = 2.0


class Health:
    """Named checks; each answers None when good, else what is wrong."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Readiness asks this check too."""
        self._checks[name] = check

    async def problems(self) -> dict[str, str]:
        """What is not ready, and why; a check that takes over 2 s is not ready."""
        answers = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
        return {name: answer for name, answer in zip(self._checks, answers, strict=True) if answer}

    async def _ask(self, check: Check) -> str | None:
        try:
            return await asyncio.wait_for(check(), CHECK_S)
        except TimeoutError:
            return f"no answer within {CHECK_S:.0f} s"
        except Exception as error:  # noqa: BLE001 - a check that fails is a reason, not a crash
            return f"{type(error).__name__}: {error}"

    async def heartbeat(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        while True:
            due = clock.monotonic() + HEARTBEAT_S
            await asyncio.sleep(HEARTBEAT_S)
            metrics.LOOP_LAG.set(max(0.0, clock.monotonic() - due))

    def router(self, prefix: str) -> APIRouter:
        """The three endpoints under the service's prefix."""
        router = APIRouter(prefix=prefix, tags=["operations"])

        @router.get("/livez")
        async def livez() -> dict[str, str]:
            """The event loop turns."""
            return {"status": "alive"}

        @router.get("/readyz")
        async def readyz() -> JSONResponse:
            """200 when every check is good, else 503 with what is not and why."""
            problems = await self.problems()
            checks = {name: problems.get(name, "ok") for name in self._checks}
            return JSONResponse({"ready": not problems, "checks": checks}, 503 if problems else 200)

        @router.get("/metrics")
        async def exposition() -> Response:
            """Prometheus text format."""
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        return router


def database(pool: Pool) -> Check:
    """A check that PostgreSQL answers."""

    async def check() -> str | None:
        async with pool.acquire(timeout=1) as connection:
            await connection.execute("SELECT 1")
        return None

    return check
