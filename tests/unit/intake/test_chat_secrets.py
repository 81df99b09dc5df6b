"""A chat can be opened by who has its receipt and by who has the secret, and by nobody else."""

import time
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag

from services.intake.chat.personal import Trace, traces
from services.intake.chat.sealing import Seal, grouped, typed

SEAL = Seal("a secret of these tests")
START, CHAT, MESSAGE = uuid4(), uuid4(), uuid4()


def test_a_receipt_has_16_digits_and_is_the_same_for_the_same_page() -> None:
    receipt = SEAL.receipt(START)
    assert len(receipt) == 16
    assert receipt.isdigit()
    assert receipt == SEAL.receipt(START) != SEAL.receipt(uuid4())


def test_another_secret_makes_other_receipts_and_other_hashes() -> None:
    other = Seal("another secret")
    assert other.receipt(START) != SEAL.receipt(START)
    assert other.receipt_hash("1" * 16) != SEAL.receipt_hash("1" * 16)


def test_a_small_receipt_keeps_its_zeros() -> None:
    receipts = [SEAL.receipt(UUID(int=number)) for number in range(300)]
    assert {len(receipt) for receipt in receipts} == {16}
    assert any(receipt.startswith("0") for receipt in receipts)


def test_a_text_opens_with_its_own_key_at_its_own_place_alone() -> None:
    key = SEAL.new_key(CHAT)
    sealed = SEAL.seal(key, CHAT, MESSAGE, "geheim")
    assert b"geheim" not in sealed
    assert SEAL.open(key, CHAT, MESSAGE, sealed) == "geheim"
    for seal, wrapped, chat, message in (
        (Seal("another secret"), key, CHAT, MESSAGE),
        (SEAL, SEAL.new_key(CHAT), CHAT, MESSAGE),
        (SEAL, key, uuid4(), MESSAGE),
        (SEAL, key, CHAT, uuid4()),
    ):
        with pytest.raises(InvalidTag):
            seal.open(wrapped, chat, message, sealed)


@pytest.mark.parametrize("text", ["1234 5678 9012 3456", "1234-5678-9012-3456", " 1234567890123456 "])
def test_a_receipt_may_be_typed_in_any_grouping(text: str) -> None:
    assert typed(text) == "1234567890123456"
    assert grouped("1234567890123456") == "1234 5678 9012 3456"


@pytest.mark.parametrize("text", ["", "1234", "1234567890123456789", "123456789012345x", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"])
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert typed(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail jan.jansen@student.utwente.nl", [Trace.EMAIL]),
        ("bel 06-12345678", [Trace.PHONE]),
        ("bel +31 6 1234 5678", [Trace.PHONE]),
        ("call 053 489 2222 please", [Trace.PHONE]),
        ("I am s1234567.", [Trace.STUDENT]),
        ("my number is 1234567", [Trace.STUDENT]),
        ("s1234567, j@x.nl, 0612345678", [Trace.EMAIL, Trace.PHONE, Trace.STUDENT]),
        ("it happened at 14:05 on 2 March 2026 in room 1230", []),
        ("he earned 12345 euro", []),
    ],
)
def test_what_tells_who_wrote_is_found(text: str, found: list[Trace]) -> None:
    assert traces(text) == found


@pytest.mark.parametrize("piece", [*"a0é.+@-_ (", "a@", "a@a", "a.", "a-", "+-.", "0 ", "s1"])
def test_a_longer_text_takes_longer_to_search_in_proportion_alone(piece: str) -> None:
    """Ten times the text took a hundred times as long, and stopped the service for 0.6 s."""

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        return min(_timed(text) for _ in range(5))

    assert seconds(10_000) < 40 * seconds(1_000)


def _timed(text: str) -> float:
    begun = time.perf_counter()
    traces(text)
    return time.perf_counter() - begun
