"""A message fails when every channel of its member refused it for good in one round; "later" is asked again."""

from dataclasses import replace
from itertools import chain, repeat
from uuid import UUID

import pytest

from services.alerting.channels.outcome import Never, Outcome, Retry, Sent
from services.alerting.core.facts import Channel
from services.alerting.dispatch import Outbound, Result
from tests.unit.alerting.world import NOW, opened

LATER, NEVER, SENT = Retry("HTTP 503"), Never("HTTP 410"), Sent(delivered=True)
TWO = (Channel("webhook", "https://a.example"), Channel("tablet", "h1"))
THREE = (*TWO, Channel("console", "x"))


@pytest.mark.parametrize(
    ("channels", "outcomes", "tries"),
    [
        ((), (NEVER,), 1),
        (TWO[:1], (NEVER,), 1),
        (TWO[:1], (LATER, LATER, NEVER), 3),
        (TWO, (NEVER, NEVER), 2),
        (TWO, (LATER, NEVER, NEVER), 3),
        (TWO, (LATER, NEVER, LATER, NEVER, NEVER), 5),
        (THREE, (NEVER, LATER, NEVER, NEVER, NEVER), 5),
    ],
)
def test_it_fails_when_every_channel_refused_it_one_after_another(
    channels: tuple[Channel, ...], outcomes: tuple[Outcome, ...], tries: int
) -> None:
    assert _failed_at(channels, *outcomes) == tries


@pytest.mark.parametrize("round_", [(LATER, NEVER), (NEVER, LATER), (LATER, LATER)], ids=str)
def test_it_never_fails_while_one_channel_says_later(round_: tuple[Outcome, ...]) -> None:
    assert _failed_at(TWO, *chain.from_iterable(repeat(round_, 50))) is None


def test_what_was_sent_has_not_failed() -> None:
    assert _failed_at(TWO, NEVER, SENT) is None


def _failed_at(channels: tuple[Channel, ...], *outcomes: Outcome) -> int | None:
    """The try at which it fails for good, the first is 1."""
    story = opened()
    message = Outbound(story.alert, story.alert.pages[0], channels, story.last.messages[0], UUID(int=1), 0, NOW)
    for n, outcome in enumerate(outcomes, 1):
        result = Result(message, outcome, "any", NOW)
        if result.failed:
            return n
        message = replace(message, attempts=n, refusals=result.refusals)
    return None
