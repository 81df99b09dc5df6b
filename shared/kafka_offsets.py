"""Committed offsets that Kafka cannot tell yet are asked for again, and never taken for none.

aiokafka 0.14 looks at the error of each partition in an answer and not at that of the whole. A coordinator that is
still loading, or that has moved, answers with that one and no partitions, and the client would begin at the earliest
record: all that a topic keeps is read again before the next alarm is.
"""

from typing import Any

from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NotCoordinatorForGroupError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest

_MOVED = (NotCoordinatorForGroupError, GroupCoordinatorNotAvailableError)
_send = GroupCoordinator._send_req


def mend() -> None:
    """For this process, before its first consumer starts; a second time changes nothing."""
    GroupCoordinator._send_req = send


async def send(self: GroupCoordinator, request: Any) -> Any:
    """As the library's own; an answer about offsets that is an error as a whole raises it: its callers ask again."""
    answer = await _send(self, request)
    code = getattr(answer, "error_code", 0) if isinstance(request, OffsetFetchRequest) else 0
    if not code:
        return answer
    error: type[KafkaError] = for_code(code)
    if issubclass(error, _MOVED):
        self.coordinator_dead()
    raise error() if error.retriable else GroupLoadInProgressError(error.__name__)
