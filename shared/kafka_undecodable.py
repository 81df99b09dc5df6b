"""Hands out every record that Kafka has, also those that aiokafka cannot decode: one of them stops nothing.

aiokafka 0.14 raises on a header name that is not UTF-8, and on a batch that is damaged or compressed in a way it does
not know: at every fetch anew, so that the partition stands still for ever. Here such a record comes out in its place as
`Undecodable`, with what could be read of it, and the records behind it follow.

    fails -> is fetched again, for it may have been damaged on its way -> fails again -> is read record by record
"""

import logging
from collections.abc import Iterator
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy as Batch
from aiokafka.record.default_records import _DefaultRecordPy as Record
from aiokafka.record.memory_records import _MemoryRecordsPy
from aiokafka.record.util import decode_varint

from shared.wire import Undecodable

log = logging.getLogger(__name__)
Given: TypeAlias = "ConsumerRecord[bytes, bytes] | Undecodable"
_failed: dict[TopicPartition, int] = {}  # the offset at which the last fetch of a partition failed


def mend() -> None:
    """For this process, before its first consumer starts; a second time changes nothing."""
    fetcher.MemoryRecords = Batches
    fetcher.PartitionRecords = Records


class Batches:
    """The batches of one partition in a fetch, as the library's own, and the bytes of the one given last."""

    def __init__(self, fetched: bytes) -> None:
        self._batches = _MemoryRecordsPy(fetched)
        self.last: memoryview | None = None

    def has_next(self) -> bool:
        """True while a whole batch is left."""
        return bool(self._batches.has_next())

    def size_in_bytes(self) -> int:
        """Of all of them."""
        return int(self._batches.size_in_bytes())

    def next_batch(self) -> Any:
        """The next one; `CorruptRecordException` when it is too small to be one."""
        self.last = self._batches._next_slice
        return self._batches.next_batch()


class Records(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one partition in a fetch, as the library's own, but none of them raises."""

    next_fetch_offset: int
    _tp: TopicPartition
    _records: Batches
    _records_iterator: Iterator[Given]

    def __next__(self) -> Given:
        try:
            return next(self._records_iterator)
        except StopIteration:
            self._records_iterator = iter(())  # else it and its generator would keep each other
            raise
        except Exception as error:
            if _failed.get(self._tp) != self.next_fetch_offset:
                _failed[self._tp] = self.next_fetch_offset
                raise StopIteration from error  # to the fetcher: go on at this offset with another fetch
            self._records_iterator = self._one_by_one(error)
            return next(self)

    def _one_by_one(self, error: Exception) -> Iterator[Given]:
        """What can be read of the batch that failed, each record as far as it can be, then the batches behind it."""
        batch = _sound(self._records.last)
        if batch is None:  # nobody knows where it ends: Kafka is asked for the next offset
            yield self._unread(error)
            return
        try:
            for record, flaw in _records(batch):
                if record.offset >= self.next_fetch_offset:
                    self.next_fetch_offset = record.offset + 1
                    yield self._undecodable(record, flaw) if flaw else self._consumer_record(self._tp, record)
        except Exception as worse:  # noqa: BLE001 - of its compression, whatever that raises
            while self.next_fetch_offset < batch.next_offset:
                yield self._unread(worse)
        self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)
        yield from self._unpack_records()

    def _unread(self, error: Exception) -> Undecodable:
        """The record at the next offset, of which nothing else is known."""
        record = Record(self.next_fetch_offset, 0, 0, None, None, [])
        self.next_fetch_offset += 1
        return self._undecodable(record, repr(error))

    def _undecodable(self, record: Record, why: str) -> Undecodable:
        topic, partition = self._tp
        log.error("%s[%d]@%d cannot be decoded: %s", topic, partition, record.offset, why)
        headers = tuple(record.headers)
        return Undecodable(topic, partition, record.offset, record.timestamp, record.key, record.value, headers, why)


def _sound(data: memoryview | None) -> Batch | None:
    """The batch in these bytes; None when they are not what was written."""
    if data is None or len(data) < Batch.HEADER_STRUCT.size:
        return None
    batch = Batch(data)
    return batch if batch.validate_crc() else None


def _records(batch: Batch) -> Iterator[tuple[Record, str]]:
    """Each record with what is wrong with it: nothing, or the header name that is not UTF-8, which is then escaped.

    The form is that of https://kafka.apache.org/documentation/#recordbatch.
    """
    batch._maybe_uncompress()
    reader = _Reader(batch._buffer, batch._pos)
    for _ in range(batch._num_records):
        for _of_no_use in ("length", "attributes"):
            reader.number()
        after, offset = reader.number(), batch.base_offset + reader.number()
        timestamp = batch.max_timestamp if batch.timestamp_type else batch.first_timestamp + after
        key, value = reader.data(), reader.data()
        headers = [(reader.data() or b"", reader.data()) for _ in range(reader.number())]
        readable = [(name.decode(errors="backslashreplace"), content) for name, content in headers]
        garbled = [name for (name, _), (text, _) in zip(headers, readable, strict=True) if text.encode() != name]
        flaw = f"header name {garbled[0]!r} is not UTF-8" if garbled else ""
        yield Record(offset, timestamp, batch.timestamp_type, key, value, readable), flaw


class _Reader:
    """Kafka's variable-length numbers, and bytes behind their length, one after another."""

    def __init__(self, buffer: bytearray, at: int) -> None:
        self._buffer = buffer
        self._at = at

    def number(self) -> int:
        """Signed."""
        value, self._at = decode_varint(self._buffer, self._at)
        return int(value)

    def data(self) -> bytes | None:
        """Bytes, or null."""
        size = self.number()
        if size < 0:
            return None
        self._at += size
        return bytes(self._buffer[self._at - size : self._at])
