"""A record that aiokafka cannot decode comes out in its place, and those around it as they are."""

import base64

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.consumer.subscription_state import Assignment

from shared import kafka_undecodable
from shared.errors import Unreadable
from shared.kafka_undecodable import Given
from shared.wire import Undecodable, decode
from tests.unit.shared.batches import FIRST_MS, GZIP, UNHEARD_OF, batch, damaged, ends_before, garbled, plain

HERE = TopicPartition("incidents.fire", 3)
COMPRESSED = {  # one record each
    "snappy": "AAAAAAAAAAAAAABz/////wITnQfUAAIAAAAAAAABnK6lNsgAAAGcrqU2yP//////////////////AAAAAYJTTkFQUFkAAAAAAQAA"
    "AAEAAAAuiAJIjAQAAAAKSE9SU1TgA3ZhbHVlIP4GAP4GAP4GAKYGACgCDmNlX3R5cGUCeA==",
    "lz4": "AAAAAAAAAAAAAABo/////wIlaMpAAAMAAAAAAAABnK6lNsgAAAGcrqU2yP//////////////////AAAAAQQiTRhwQK0kAAAA/wSM"
    "BAAAAApIT1JTVOADdmFsdWUgBgDXsAIOY2VfdHlwZQJ432udQgAAAAA=",
    "zstd": "AAAAAAAAAAAAAABg/////wJlsAgTAAQAAAAAAAABnK6lNsgAAAGcrqU2yP//////////////////AAAAASi1L/1gCAAtAQDwjAQA"
    "AAAKSE9SU1TgA3ZhbHVlIAIOY2VfdHlwZQJ4AQDPoUoY",
}


class Partition:
    """A partition as aiokafka's fetcher reads it; `kept` is what Kafka has of it."""

    def __init__(self, *kept: bytes, at: int = 0) -> None:
        kafka_undecodable.mend()
        kafka_undecodable._failed.clear()
        self.kept = kept
        self._at = at

    async def fetched(self, most: int = 500) -> list[Given]:
        """What one fetch gives."""
        assignment = Assignment([HERE])
        assignment.state_value(HERE).seek(self._at)
        batches = fetcher.MemoryRecords(b"".join(b for b in self.kept if not ends_before(b, self._at)))
        records = fetcher.PartitionRecords(HERE, batches, [], self._at, None, None, True, fetcher.READ_UNCOMMITTED)
        result = fetcher.FetchResult(HERE, assignment=assignment, partition_records=records, backoff=0)
        given: list[Given] = result.getall(most)
        self._at = assignment.state_value(HERE).position
        return given

    async def read(self) -> list[Given]:
        """What three fetches give: the third finds nothing."""
        first, second, third = [await self.fetched() for _ in range(3)]
        assert third == []
        return first + second


def places(given: list[Given]) -> list[tuple[int, bytes | None]]:
    return [(record.offset, record.value) for record in given]


def flaws(given: list[Given]) -> dict[int, str]:
    return {record.offset: record.why for record in given if isinstance(record, Undecodable)}


async def test_a_header_name_that_is_not_text_takes_no_other_record_with_it() -> None:
    partition = Partition(batch(*plain(b"0", b"1"), garbled(b"2"), *plain(b"3")), batch(*plain(b"4"), first=4))
    given = await partition.read()
    assert places(given) == [(0, b"0"), (1, b"1"), (2, b"2"), (3, b"3"), (4, b"4")]
    assert flaws(given) == {2: r"header name b'header\xffname' is not UTF-8"}
    assert given[2].headers == (("ce_type", b"x"), (r"header\xffname", b"y"))
    assert [record.key for record in given] == [b"HORST"] * 5
    assert [record.timestamp for record in given] == [FIRST_MS + n for n in (0, 1, 2, 3, 0)]
    assert given[3].headers == given[1].headers == (("ce_type", b"x"),)


async def test_it_is_unreadable_for_the_reason_found() -> None:
    (given,) = await Partition(batch(garbled(b"0"))).read()
    assert isinstance(given, Undecodable)
    with pytest.raises(Unreadable, match="is not UTF-8"):
        decode(given)


async def test_it_can_be_the_first_the_last_or_behind_where_reading_began() -> None:
    data = batch(garbled(b"0"), *plain(b"1"), garbled(b"2"))
    assert list(flaws(await Partition(data).read())) == [0, 2]
    assert places(await Partition(data, at=1).read()) == [(1, b"1"), (2, b"2")]


async def test_what_is_fetched_is_given_in_parts_without_a_gap() -> None:
    partition = Partition(batch(garbled(b"0"), *plain(b"1", b"2")))
    given = [await partition.fetched(most=1) for _ in range(6)]
    assert [place for part in given for place in places(part)] == [(0, b"0"), (1, b"1"), (2, b"2")]


async def test_compression_that_nobody_knows_makes_its_records_undecodable_one_by_one() -> None:
    unknown = batch(*plain(b"1", b"2"), first=1, codec=UNHEARD_OF)
    given = await Partition(batch(*plain(b"0")), unknown, batch(*plain(b"3"), first=3)).read()
    assert places(given) == [(0, b"0"), (1, None), (2, None), (3, b"3")]
    assert flaws(given) == dict.fromkeys((1, 2), "UnsupportedCodecError('Unknown compression codec 0x07')")


async def test_what_only_says_that_it_is_compressed_is_undecodable() -> None:
    given = await Partition(batch(*plain(b"0"), codec=GZIP), batch(*plain(b"1"), first=1)).read()
    assert places(given) == [(0, None), (1, b"1")]
    assert "BadGzipFile" in flaws(given)[0]


async def test_a_batch_damaged_on_its_way_is_fetched_again() -> None:
    good = batch(*plain(b"0", b"1"))
    partition = Partition(damaged(good))
    assert await partition.fetched() == []
    partition.kept = (good,)
    assert places(await partition.fetched()) == [(0, b"0"), (1, b"1")]


async def test_a_batch_damaged_where_it_is_kept_is_passed_over_one_offset_at_a_time() -> None:
    partition = Partition(damaged(batch(*plain(b"0", b"1"))), batch(*plain(b"2"), first=2))
    given = [record for _ in range(5) for record in await partition.fetched()]
    assert places(given) == [(0, None), (1, None), (2, b"2")]
    assert flaws(given).keys() == {0, 1}
    assert "Invalid CRC" in flaws(given)[0]


async def test_a_stump_of_a_batch_is_passed_over() -> None:
    partition = Partition(batch(*plain(b"0"))[:8] + b"\0\0\0\x0f" + bytes(15))
    assert [places(await partition.fetched()) for _ in range(2)] == [[], [(0, None)]]


@pytest.mark.parametrize("data", COMPRESSED.values(), ids=COMPRESSED)
async def test_what_a_foreign_producer_compressed_is_read(data: str) -> None:
    given = await Partition(base64.b64decode(data)).read()
    assert (places(given), flaws(given)) == ([(0, b"value " * 40)], {})
