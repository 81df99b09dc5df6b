"""Dead letters that an operator replays, on a Kafka and a database that only pretend."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from deploy import dead_letters
from deploy.cli import dead, main
from deploy.dead_letters import DeadLetter, Place, place_of
from shared.errors import Misconfigured, Refused, TooLarge
from shared.wire import Outgoing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWN, SMALL, LAST = Place("alerts", -1, 812), Place("alerts", 0, 4), Place("alerts", 1, 9)


def letter(place: Place, size: int = 3) -> DeadLetter:
    """One that alerting has, of so many bytes."""
    record = Outgoing(place.topic, b"HORST", b"x" * size, ())
    return DeadLetter(place, ("alerting",), record, "Kafka takes no record of this size", NOON, None)


@dataclass
class Product:
    """Takes records of 10 bytes at most, and none once it is away; remembers what was replayed."""

    letters: dict[Place, DeadLetter]
    away_after: int = 9
    not_ready: str | None = None
    sent: list[bytes | None] = field(default_factory=list)

    async def run(self) -> None:
        """As long as it is asked."""
        await asyncio.Event().wait()

    async def publish_all(self, records: list[Outgoing]) -> None:
        """As a publisher."""
        if len(records[0].value or b"") > 10:
            raise TooLarge("Kafka takes no record of this size: shorten it")
        if len(self.sent) == self.away_after:
            raise Refused("Kafka cannot be reached")
        self.sent.append(records[0].value)

    async def read_all(self, _: str) -> list[DeadLetter]:
        """As the services' tables."""
        return list(self.letters.values())

    async def mark_replayed(self, _: str, sent: DeadLetter, now: datetime) -> None:
        """As the services' tables."""
        self.letters[sent.place] = replace(sent, replayed_at=now)

    @property
    def waiting(self) -> list[Place]:
        """What was never replayed."""
        return [place for place, letter in self.letters.items() if not letter.replayed_at]


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> Product:
    """A letter that is too large, and two that are not."""
    made = Product({OWN: letter(OWN, size=11), SMALL: letter(SMALL), LAST: letter(LAST)})
    monkeypatch.setattr(dead, "Publisher", lambda *_: made)
    monkeypatch.setattr(dead_letters, "read_all", made.read_all)
    monkeypatch.setattr(dead_letters, "mark_replayed", made.mark_replayed)
    return made


def run(*words: str) -> Result:
    """`meldkamer dead ...`."""
    return CliRunner().invoke(main.build(["dead"]), ["dead", *words])


@pytest.mark.parametrize("place", [OWN, LAST, Place("incidents.fire", 3, 1207)])
def test_a_letter_is_named_as_the_list_shows_it(place: Place) -> None:
    assert place_of(str(place)) == place


@pytest.mark.parametrize("text", ["alerts", "alerts/-2/1", "alerts/-1/-1", "a/--1/1", "a/-/1", "/-1/1", "a/-1/"])
def test_what_the_list_never_shows_names_no_letter(text: str) -> None:
    with pytest.raises(Misconfigured, match="is no dead letter"):
        place_of(text)


@pytest.mark.usefixtures("product")
def test_a_record_of_our_own_that_is_too_large_is_shown() -> None:
    told = run("show", "alerts/-1/812")
    assert told.exit_code == 0, told.output
    assert f"value: {'x' * 11}\n" in told.stdout


@pytest.mark.parametrize("words", [("--all",), ("alerts/-1/812", "alerts/0/4", "alerts/1/9")], ids=["all", "by name"])
def test_one_that_is_too_large_is_told_and_the_others_are_sent(product: Product, words: tuple[str, ...]) -> None:
    told = run("replay", *words)
    assert told.stdout == "replayed alerts/0/4\nreplayed alerts/1/9\n2 replayed\n"
    assert told.stderr == (
        "meldkamer: alerts/-1/812: Kafka takes no record of this size, 11 bytes:"
        " raise max.message.bytes of the topic alerts, then replay it again\n"
    )
    assert told.exit_code == 1
    assert product.waiting == [OWN]


def test_one_that_kafka_takes_by_now_is_sent(product: Product) -> None:
    product.letters = {OWN: letter(OWN)}
    told = run("replay", "alerts/-1/812")
    assert (told.exit_code, told.stdout) == (0, "replayed alerts/-1/812\n1 replayed\n")
    assert product.waiting == []


def test_another_refusal_ends_it_and_the_rest_still_waits(product: Product) -> None:
    product.away_after = 1
    told = run("replay", "--all")
    assert told.exit_code == 1
    assert told.stderr.endswith("\nmeldkamer: Kafka cannot be reached\n")
    assert product.waiting == [OWN, LAST]
