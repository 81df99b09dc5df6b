"""What became of a request: done, refused, or unknown. The one place that says which errors mean which."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from tests.proof.history import How

UNKNOWN_AGAIN_S = 1.0
ERRORS = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`how` as the history has it and its value; `again_s` is when to try again, None when there is no use in it."""

    how: How
    value: Mapping[str, Any]
    again_s: float | None = None
    body: Any = None


def of_answer(status: int, headers: Mapping[str, str], content: bytes) -> Outcome:
    """2xx is done; 5xx may be tried again when the service says; any other answer stays the same."""
    if status < 300:
        return Outcome(How.OK, {}, None, orjson.loads(content) if content else None)
    again_s = float(headers.get("Retry-After", UNKNOWN_AGAIN_S)) if status >= 500 else None
    return Outcome(How.FAIL, {"status": status}, again_s)


def of_error(error: BaseException) -> Outcome:
    """Cut off or timed out: it may have happened."""
    return Outcome(How.INFO, {"why": type(error).__name__}, UNKNOWN_AGAIN_S)


async def post(client: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """POST; errors of the network are an outcome too."""
    try:
        async with client.post(url, data=body, headers=headers) as answer:
            return of_answer(answer.status, answer.headers, await answer.read())
    except ERRORS as error:
        return of_error(error)
