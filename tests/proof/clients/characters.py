"""How people behave in an alert: each alert has one character, by its id, so that a seed plays the same again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from shared.words import Answer
from tests.proof.clients.chance import between, chance
from tests.proof.grounds import STEP_S


class Character(StrEnum):
    """What the rules meet: enough people at once, too few, too late, impossible, one who changes his mind, nobody."""

    PROMPT = "prompt"
    WAVERING = "wavering"
    TOO_FEW = "too_few"
    UNWILLING = "unwilling"
    LATE = "late"
    ASLEEP = "asleep"
    NOBODY = "nobody"


_SHARES = {
    Character.PROMPT: 0.50,
    Character.WAVERING: 0.10,
    Character.TOO_FEW: 0.14,
    Character.UNWILLING: 0.12,
    Character.LATE: 0.05,
    Character.ASLEEP: 0.06,
    Character.NOBODY: 0.03,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, so many seconds after the page."""

    answer: Answer
    after_s: float


@dataclass(frozen=True, slots=True)
class Paged:
    """A page that came to a phone; `round` counts from 1 and grows when the page is sent anew."""

    alert_id: str
    member: str
    step: int
    round: int


def character(seed: int, alert_id: str) -> Character:
    """The one character of an alert."""
    left = chance(seed, "character", alert_id)
    for found, share in _SHARES.items():
        left -= share
        if left < 0:
            return found
    return Character.PROMPT


def replies(seed: int, paged: Paged) -> tuple[Reply, ...]:
    """What the member will say to this page and when, in order; nothing when he stays silent."""
    luck = chance(seed, "answers", paged)
    soon = between(0.2, 2.0, seed, "when", paged)
    coming = Reply(Answer.COMING, soon)
    not_coming = Reply(Answer.NOT_COMING, soon)
    match character(seed, paged.alert_id):
        case Character.PROMPT:
            return _prompt(seed, paged, coming) if luck < 0.9 else (not_coming,)
        case Character.WAVERING:
            return _wavering(seed, paged, coming) if luck < 0.9 else (not_coming,)
        case Character.TOO_FEW:
            return (Reply(Answer.COMING, soon * 3),) if luck < 0.3 else ()
        case Character.UNWILLING:
            return (not_coming,) if luck < 0.75 else (coming,)
        case Character.LATE:
            return (Reply(Answer.COMING, STEP_S * between(0.8, 1.4, seed, "late", paged)),)
        case Character.ASLEEP:
            return (coming,) if paged.step > 1 and luck < 0.8 else ()
        case Character.NOBODY:
            return ()
        case unknown:
            assert_never(unknown)


def lifetime_s(seed: int, alert_id: str) -> float:
    """How long an operator leaves an alert open at most: sometimes less than its steps take, sometimes more."""
    return between(15.0, 45.0, seed, "lifetime", alert_id)


def staffed_s(seed: int, alert_id: str) -> float:
    """How long after enough people come an operator closes it; long enough for some to change their minds."""
    return between(3.0, 15.0, seed, "staffed", alert_id)


def _prompt(seed: int, paged: Paged, coming: Reply) -> tuple[Reply, ...]:
    """Most of them also say that they have arrived."""
    if chance(seed, "arrives", paged) >= 0.7:
        return (coming,)
    return coming, Reply(Answer.ARRIVED, coming.after_s + between(2.0, 5.0, seed, "arrival", paged))


def _wavering(seed: int, paged: Paged, coming: Reply) -> tuple[Reply, ...]:
    """Half of those who come change their minds once; asked again they stay with what they say."""
    if paged.round > 1 or chance(seed, "wavers", paged) >= 0.5:
        return (coming,)
    return coming, Reply(Answer.NOT_COMING, coming.after_s + between(1.0, 5.0, seed, "wavering", paged))
