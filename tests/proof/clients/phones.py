"""The phones of everybody: one server that takes messages, or for once does not, and their owners, who answer."""

import asyncio
import time
from collections import Counter
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from shared.words import MessageType
from tests.proof.clients.board import Board
from tests.proof.clients.chance import chance
from tests.proof.clients.characters import Paged, Reply, replies
from tests.proof.clients.outcome import Outcome, of_error, post
from tests.proof.history import How, Writer
from tests.proof.target import Target

TIMEOUT_S = 10.0
TRIES = 8
NOT_TAKEN = 0.02  # of the messages, at the first try: 503
CUT = 0.01  # likewise: the connection is cut before the answer
AGAIN = 0.2  # of those that were not taken: not the second time either
JSON = {"Content-Type": "application/json"}


class Phones:
    """`async with Phones(...)`: they ring from then on. `busy` is how many answers are still to be given."""

    def __init__(self, target: Target, board: Board, history: Writer, seed: int) -> None:
        self._target, self._board, self._history, self._seed = target, board, history, seed
        self._seen: Counter[str] = Counter()
        self._understood: set[str] = set()
        self._pending: dict[asyncio.Task[None], str] = {}
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Phones":
        """Listen."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        self._client = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=64))
        app = web.Application()
        app.router.add_post("/{member}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._target.phones_port, backlog=1024).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nobody answers any more; what is under way is unknown."""
        for task in self._pending:
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()
        if self._client:
            await self._client.close()

    @property
    def busy(self) -> int:
        """How many people still mean to answer."""
        return len(self._pending)

    async def _take(self, request: web.Request) -> web.Response:
        """A message comes: noted whatever the phone says to it, read by its owner when it was taken."""
        key = request.headers["Idempotency-Key"]
        body: dict[str, Any] = orjson.loads(await request.read())
        self._seen[key] += 1
        answered = says(self._seed, key, self._seen[key])
        self._history.write(
            "phone", "message", How.INFO, key, type=body["type"], page_id=body["page_id"], alert_id=body["alert_id"],
            member=body["member_id"], step=body["step"], drill=body["drill"], building=body["building"],
            answered=answered,
        )  # fmt: skip
        if answered == "cut":
            if request.transport is not None:
                request.transport.abort()
        elif answered == 204:
            self._read(key, body)
        return web.Response(status=503 if answered == 503 else 204)

    def _read(self, key: str, body: dict[str, Any]) -> None:
        """A page is answered as its alert's character has it; who need not come any more has nothing to say."""
        alert_id, page_id = str(body["alert_id"]), str(body["page_id"])
        if body["type"] == MessageType.STAND_DOWN:
            for task in [task for task, page in self._pending.items() if page == page_id]:
                task.cancel()
        if body["type"] != MessageType.PAGE:
            return
        self._board.paged(alert_id, time.monotonic())
        if key in self._understood:
            return
        self._understood.add(key)
        paged = Paged(alert_id, str(body["member_id"]), int(body["step"]), _round(key))
        for number, reply in enumerate(replies(self._seed, paged), start=1):
            giving = self._give(reply, f"{key}:{number}", str(body["answer_url"]), paged.member, page_id)
            task = asyncio.create_task(giving)
            self._pending[task] = page_id
            task.add_done_callback(self._pending.pop)

    async def _give(self, reply: Reply, name: str, url: str, member: str, page_id: str) -> None:
        """Answer, and again until alerting has taken or refused it."""
        await asyncio.sleep(reply.after_s)
        for n in range(1, TRIES + 1):
            outcome = await self._try(reply, f"{name}:{n}", self._door(url, n), member, page_id)
            if outcome.again_s is None:
                return
            await asyncio.sleep(outcome.again_s)

    async def _try(self, reply: Reply, id_: str, url: str, member: str, page_id: str) -> Outcome:
        assert self._client is not None
        who = f"phone-{member}"
        self._history.write(who, "answer", How.INVOKE, id_, page_id=page_id, answer=reply.answer)
        outcome = of_error(asyncio.CancelledError())
        try:
            outcome = await post(self._client, url, orjson.dumps({"answer": reply.answer}), JSON)
        finally:
            self._history.write(who, "answer", outcome.how, id_, **outcome.value)
        return outcome

    def _door(self, url: str, n: int) -> str:
        """The link as it came, and after that each alerting in turn: what stands before them would do that."""
        if n == 1:
            return url
        base = URL(self._target.alerting[n % len(self._target.alerting)])
        return str(URL(url).with_host(str(base.host)).with_port(base.port))


def _round(key: str) -> int:
    """`<page>:page` is the first time, `<page>:page:2` the second."""
    last = key.rpartition(":")[2]
    return int(last) if last.isdigit() else 1


def says(seed: int, key: str, tries: int) -> int | str:
    """What a phone answers to the so-manieth try of a message; the third is always taken."""
    if tries > 2 or (tries == 2 and chance(seed, "again", key) >= AGAIN):
        return 204
    luck = chance(seed, "takes", key)
    if luck < CUT:
        return "cut"
    return 503 if luck < CUT + NOT_TAKEN else 204
