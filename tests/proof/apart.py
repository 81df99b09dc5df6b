"""The load in a process of its own, so that nothing that a run does delays a client's clock: `Load` from a distance.

    python -m tests.proof.apart <target as JSON> <history> <seed> <rate>

It obeys lines on its standard input (`run 60`, `settle 30`), says `done` to each, and leaves at their end.
"""

import asyncio
import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import uvloop
from pydantic import TypeAdapter

from tests.proof.history import Writer
from tests.proof.load import RATE, Load
from tests.proof.target import Target

DONE = "done"
LEAVES_WITHIN_S = 15.0
TARGET = TypeAdapter(Target)


class LoadApart:
    """The same words as `Load`; both write to the same history."""

    def __init__(self, target: Target, history: Path, seed: int, rate: float = RATE) -> None:
        self._arguments = [TARGET.dump_json(target).decode(), str(history), str(seed), str(rate)]
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Everybody but the senders; the product must be up."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.proof.apart", *self._arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await self._done("start")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody does anything any more; a process that does not leave is killed."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(LEAVES_WITHIN_S):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            code = await self._process.wait()
        if code != 0 and error is None:
            raise RuntimeError(f"the load ended with {code}")

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    async def run(self, seconds: float) -> None:
        """As `Load.run`."""
        await self._told(f"run {seconds}")

    async def settle(self, within: float) -> None:
        """As `Load.settle`."""
        await self._told(f"settle {within}")

    async def _told(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()
        await self._done(line)

    async def _done(self, what: str) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        said = (await self._process.stdout.readline()).decode().strip()
        if said != DONE:
            raise RuntimeError(f"the load did not {what}: it ended with {await self._process.wait()}")


async def obey(target: Target, history: Path, seed: int, rate: float) -> None:
    """Until the end of the standard input."""
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    with Writer(history) as lines:
        async with Load(target, lines, seed, rate) as load:
            _say_done()
            following = asyncio.create_task(told.readline())
            while line := (await following).decode():
                word, seconds = line.split()
                following = asyncio.create_task(told.readline())
                doing = asyncio.create_task((load.run if word == "run" else load.settle)(float(seconds)))
                await asyncio.wait({doing, following}, return_when=asyncio.FIRST_COMPLETED)
                if not doing.done():  # whoever gave the word is gone: nobody says another before it is done
                    doing.cancel()
                    return
                await doing
                lines.flush()
                _say_done()


def _say_done() -> None:
    sys.stdout.write(f"{DONE}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that a part is away is told by the levels
    _target, _history, _seed, _rate = sys.argv[1:]
    uvloop.run(obey(TARGET.validate_json(_target), Path(_history), int(_seed), float(_rate)))
