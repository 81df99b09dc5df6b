"""One connection to a service that is kept open: a request as bytes, its answer's status; cheaper than a client."""

import asyncio


class Line:
    """`await Line.open(port)`, then one `post` at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, key: str, body: bytes) -> int:
        """The status of the answer, once all of it is here."""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        _, _, rest = answered.lower().partition(b"content-length:")
        await self._reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return int(answered.split(b" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
