"""Makes aiokafka take a transport that uvloop has closed for what it is: a broken connection.

asyncio's transport takes a write after its end in silence, uvloop's raises RuntimeError, and aiokafka catches OSError
alone. So a write in the moment between a broker's death and its notice ends whichever loop of the client makes it: that
of the group, and nothing is consumed any more (seen); that of the metadata, and offset commits hang for ever.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_send = AIOKafkaConnection.send


def mend() -> None:
    """For this process, once, before the first connection."""
    AIOKafkaConnection.send = send


def send(self: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Any:
    """As the library's own; a closed transport is KafkaConnectionError, which each of its callers knows."""
    try:
        return _send(self, request, expect_response)
    except RuntimeError as error:
        self.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)
        raise KafkaConnectionError(f"Connection at {self.host}:{self.port} broken: {error}") from error
