"""C6: a message that is sent again is the same message, and it is sent again only for a reason."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.proof.checker.bounds import AGAIN_S, CRASHES, CUT_S, HEAL_S, LEASE_S, PHONES
from tests.proof.checker.facts import Fault, Message
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

CALLS_AGAIN = ("reopened",)  # an event of an alert after which its pages go out anew, with the next number


def check(run: Run) -> list[Violation]:
    """One page for (alert, member, step), one key for each of its messages, each key once and once more per reason."""
    by_key: dict[str, list[Message]] = defaultdict(list)
    for message in run.messages:
        by_key[message.key].append(message)
    return [*_one_page(run), *_keys(by_key), *_often(run, by_key), *_anew(run)]


def seen(run: Run) -> int:
    """Messages that came at phones."""
    return len(run.messages)


def duplicates(run: Run) -> int:
    """How often a phone was told what it had been told already."""
    return len(run.messages) - len({message.key for message in run.messages})


def _one_page(run: Run) -> Iterator[Violation]:
    first: dict[tuple[str, str, int], Message] = {}
    for message in run.messages:
        known = first.setdefault((message.alert_id, message.member, message.step), message)
        if known.page_id != message.page_id:
            text = f"{message.member} was called twice for step {message.step} of alert {message.alert_id}"
            text += f": pages {known.page_id} and {message.page_id}"
            yield Violation("C6", text, message.t, (known.n, message.n))


def _keys(by_key: Mapping[str, Sequence[Message]]) -> Iterator[Violation]:
    for key, messages in by_key.items():
        one = messages[0]
        named = f"{one.page_id}:{one.type}"
        if key not in {named, f"{named}:{one.number}"} or (key == f"{named}:1"):
            yield Violation("C6", f"key {key} is not of page {one.page_id} and {one.type}", one.t, (one.n,))
        for other in messages[1:]:
            if (other.page_id, other.type, other.member) != (one.page_id, one.type, one.member):
                yield Violation("C6", f"key {key} stands for two messages", other.t, (one.n, other.n))


def _often(run: Run, by_key: Mapping[str, Sequence[Message]]) -> Iterator[Violation]:
    for key, messages in by_key.items():
        if len(messages) == 1:
            continue
        excused = sum(not message.taken for message in messages) + _excuses(run.faults, messages[0].t, messages[-1].t)
        if len(messages) > 1 + excused:
            text = f"{key} came {len(messages)} times at {messages[0].member}, with reason for {1 + excused}"
            yield Violation("C6", text, messages[-1].t, tuple(message.n for message in messages))


def _excuses(faults: Sequence[Fault], since: float, until: float) -> int:
    """How often a message may go out again between two moments."""
    return sum(_times(fault) for fault in faults if fault.begin - CUT_S <= until and fault.end + HEAL_S >= since)


def _times(fault: Fault) -> int:
    """Once for a crash; as often as it is tried while receipts are lost on the road from the phones.

    While a process is frozen, or cut off from its database, its leases run out again and again.
    """
    if fault.kind in CRASHES:
        return 1
    return 2 + int(fault.seconds // AGAIN_S) if fault.target == PHONES else 1 + int(fault.seconds // LEASE_S)


def _anew(run: Run) -> Iterator[Violation]:
    """A page gets a new number only by an alert that was reopened, so there are as many as that at most."""
    for alert_id, messages in run.messages_of.items():
        most = max((message for message in messages if message.type == "page"), key=lambda m: m.number, default=None)
        if most is None or most.number == 1 or alert_id not in run.back.alerts:
            continue
        times = sum(version.has(*CALLS_AGAIN) for version in run.back.alerts[alert_id])
        if most.number > 1 + times:
            text = f"{most.member} was called anew as {most.key}; alert {alert_id} was reopened {times} times"
            yield Violation("C6", text, most.t, (most.n, run.back.alerts[alert_id][-1].n))
