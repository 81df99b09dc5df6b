"""Batches of records as Kafka keeps them, made so that aiokafka cannot decode them."""

import struct
from collections.abc import Sequence

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.wire import Outgoing

PLACE = "header name"
GARBLED = b"header\xffname"
GZIP, UNHEARD_OF = 1, 7  # compressions
CRC, ATTRIBUTES, LAST = 17, 21, 23  # where they begin in a batch
FIRST_MS = 1_772_456_589_000


def batch(*records: Outgoing, first: int = 0, codec: int = 0, at_ms: int = FIRST_MS) -> bytes:
    """A batch whose first record has the offset `first`; a header named `PLACE` is not UTF-8 in it."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 2**20)
    for number, record in enumerate(records):
        builder.append(number, at_ms + number, record.key, record.value, list(record.headers))
    plain = bytes(builder.build()).replace(PLACE.encode(), GARBLED)
    return sealed(struct.pack(">q", first) + plain[8:], codec)


def sealed(data: bytes, codec: int = 0) -> bytes:
    """With the compression said (nothing is compressed) and the checksum right."""
    attributes = struct.pack(">h", codec)
    data = data[:ATTRIBUTES] + attributes + data[ATTRIBUTES + 2 :]
    return data[:CRC] + struct.pack(">I", calc_crc32c(data[ATTRIBUTES:])) + data[ATTRIBUTES:]


def ends_before(data: bytes, offset: int) -> bool:
    """True when nothing in this batch is at the offset or behind it: Kafka leaves it out of a fetch from there."""
    base, last = struct.unpack_from(">q", data)[0], struct.unpack_from(">i", data, LAST)[0]
    return bool(base + last < offset)


def damaged(data: bytes) -> bytes:
    """Its last byte is another than was written."""
    return data[:-1] + bytes([data[-1] ^ 1])


def plain(*values: bytes) -> Sequence[Outgoing]:
    """Records with nothing special about them."""
    return [Outgoing("", b"HORST", value, (("ce_type", b"x"),)) for value in values]


def garbled(value: bytes) -> Outgoing:
    """A record with a header whose name is not UTF-8."""
    return Outgoing("", b"HORST", value, (("ce_type", b"x"), (PLACE, b"y")))
