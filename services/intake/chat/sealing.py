"""What makes a chat unreadable to everybody but its writer and the advisers: keys, receipts, sealed text.

setting -- HKDF --+-- wraps the key of each conversation (AES-256-GCM)
                  +-- makes the receipt of a new conversation, 16 digits
                  +-- hashes the receipt for the database (HMAC-SHA-256)
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGITS = 16
_NONCE = 12


class Seal:
    """Everything that needs the one secret. `random` gives bytes nobody can guess."""

    def __init__(self, secret: str, random: Callable[[int], bytes] = os.urandom) -> None:
        self._wrapping = AESGCM(_derived(secret, b"wrap"))
        self._making = _derived(secret, b"receipt")
        self._hashing = _derived(secret, b"receipt hash")
        self._random = random

    def receipt(self, start_id: UUID) -> str:
        """The receipt of the chat that a start page begins: the same page sent twice gives the same receipt."""
        digest = hmac.new(self._making, start_id.bytes, hashlib.sha256).digest()
        return str(int.from_bytes(digest) % 10**DIGITS).zfill(DIGITS)

    def receipt_hash(self, receipt: str) -> bytes:
        """What the database keeps of a receipt; without the secret the 10^16 receipts cannot be tried against it."""
        return hmac.new(self._hashing, receipt.encode(), hashlib.sha256).digest()

    def new_key(self, conversation_id: UUID) -> bytes:
        """A key of this conversation's own, wrapped."""
        nonce = self._random(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, self._random(32), conversation_id.bytes)

    def seal(self, wrapped: bytes, conversation_id: UUID, message_id: UUID, text: str) -> bytes:
        """The text, readable only with the conversation's key, and only as this message of this conversation."""
        nonce = self._random(_NONCE)
        sealed = self._key(wrapped, conversation_id).encrypt(
            nonce, text.encode(), conversation_id.bytes + message_id.bytes
        )
        return nonce + sealed

    def open(self, wrapped: bytes, conversation_id: UUID, message_id: UUID, sealed: bytes) -> str:
        """The text of a sealed message. Raises InvalidTag when key or place are not its own."""
        key = self._key(wrapped, conversation_id)
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], conversation_id.bytes + message_id.bytes).decode()

    def _key(self, wrapped: bytes, conversation_id: UUID) -> AESGCM:
        return AESGCM(self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], conversation_id.bytes))


def grouped(receipt: str) -> str:
    """`1234 5678 9012 3456`, to be written down."""
    return " ".join(receipt[i : i + 4] for i in range(0, DIGITS, 4))


def typed(text: str) -> str | None:
    """A receipt as somebody typed it, with spaces or hyphens; None when it cannot be one."""
    digits = "".join(char for char in text if char not in " -\u00a0\t")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"meldkamer chat " + purpose).derive(secret.encode())
