"""The console channel: a line in the log, for trying things out and as the last resort of a control room."""

import logging
from collections.abc import Mapping
from typing import Any

from services.alerting.channels.outcome import Outcome, Sent

log = logging.getLogger("meldkamer.console")
KIND = "console"


def render(body: Mapping[str, Any]) -> str:
    """One line: which message, for whom, what; a log is read by many, so of what is confidential no word."""
    drill = "DRILL " if body["drill"] else ""
    what = "confidential" if body["confidential"] else body["title"]
    return f"{drill}{body['type']} {body['page_id']} for {body['member_id']}: {what}"


async def send(address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG001 - one signature for all
    """Write the line; it is delivered when it is written."""
    log.info("%s", render(body))
    return Sent(delivered=True)
