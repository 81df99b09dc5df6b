"""An answer about committed offsets that is an error as a whole is not one that there are none."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import group_coordinator
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import GroupLoadInProgressError, KafkaError, NotCoordinatorForGroupError
from aiokafka.protocol.commit import OffsetFetchResponse_v2, OffsetFetchResponse_v3

from shared import kafka_offsets

PLACE = TopicPartition("incidents.fire", 3)


class Client:
    """Answers every request alike."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    async def send(self, _node: int, _request: object, group: object) -> object:  # noqa: ARG002
        """The answer."""
        return self._answer


def coordinator(monkeypatch: pytest.MonkeyPatch, answer: object) -> Any:
    """The client's side of a group, mended, that is told this."""
    monkeypatch.setattr(GroupCoordinator, "_send_req", kafka_offsets.send)
    group = GroupCoordinator.__new__(GroupCoordinator)
    group.group_id, group.coordinator_id, group._client = "alerting-a", 1, Client(answer)
    group._coordinator_dead_fut = None
    monkeypatch.setattr(group, "coordinator_dead", lambda: setattr(group, "coordinator_id", None))
    return group


@pytest.mark.parametrize(
    ("code", "error", "knows_it"),
    [(14, GroupLoadInProgressError, 1), (16, NotCoordinatorForGroupError, None), (-1, GroupLoadInProgressError, 1)],
    ids=["loading", "moved", "unknown"],
)
async def test_an_error_of_the_whole_answer_is_raised_as_one_that_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, code: int, error: type[KafkaError], knows_it: int | None
) -> None:
    for answer in (OffsetFetchResponse_v3(0, [], code), OffsetFetchResponse_v2([], code)):
        group = coordinator(monkeypatch, answer)
        with pytest.raises(error) as raised:
            await group._do_fetch_commit_offsets([PLACE])
        assert raised.value.retriable
        assert group.coordinator_id == knows_it


async def test_what_was_committed_is_told_and_what_was_not_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [("incidents.fire", [(3, 41, "", 0), (4, -1, "", 0)])]
    offsets = await coordinator(monkeypatch, OffsetFetchResponse_v3(0, told, 0))._do_fetch_commit_offsets([PLACE])
    assert {place: offset.offset for place, offset in offsets.items()} == {PLACE: 41}


async def test_the_library_alone_takes_it_for_no_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails the library has mended it: take `shared.kafka_offsets` out."""
    group = coordinator(monkeypatch, OffsetFetchResponse_v3(0, [], 14))
    monkeypatch.setattr(group_coordinator.GroupCoordinator, "_send_req", kafka_offsets._send)
    assert await group._do_fetch_commit_offsets([PLACE]) == {}
