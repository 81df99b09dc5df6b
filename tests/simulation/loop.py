"""An event loop whose time is virtual: when nothing is ready it jumps to the next timer, so a minute takes no time."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any, TypeVar, cast

T = TypeVar("T")
MOST_TURNS = 300_000  # some 50 times what a seed takes: something turns in a circle


class Call:
    """What is to be run, and what cancels it. A handle of asyncio does more, which nobody asks for here."""

    __slots__ = ("args", "callback", "context", "is_cancelled")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None) -> None:
        self.callback = callback
        self.args = args
        self.context = copy_context() if context is None else context
        self.is_cancelled = False

    def cancel(self) -> None:
        """It is passed over when its time comes."""
        self.is_cancelled = True


class VirtualLoop:
    """Callbacks run in the order they were called, timers in the order of their time: the same each time it runs.

    What a callback raises ends the run.
    """

    def __init__(self) -> None:
        self._ready: deque[Call] = deque()
        self._timers: list[tuple[float, int, Call]] = []
        self._numbers = itertools.count()
        self._now = 0.0
        self._self = cast(asyncio.AbstractEventLoop, self)  # as much of one as asyncio asks for
        self.started: Callable[[asyncio.Task[Any]], None] = _ignored

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Until `main` is done; whatever else still waits is left as it is."""
        asyncio._set_running_loop(self._self)
        try:
            task = asyncio.Task(main, loop=self._self)
            self._turn_until(task)
            return task.result()
        finally:
            asyncio._set_running_loop(None)

    def _turn_until(self, task: asyncio.Task[Any]) -> None:
        """One callback after another; written out, for this is where the time goes."""
        ready, timers = self._ready, self._timers
        for _ in range(MOST_TURNS):
            if ready:
                call = ready.popleft()
            else:
                when, _, call = heapq.heappop(timers)
                if when > self._now and not call.is_cancelled:
                    self._now = when
            if not call.is_cancelled:
                call.context.run(call.callback, *call.args)
                if task.done():
                    return
        raise RuntimeError(f"still turning at {self._now:.3f} s")

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self._now

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> Call:
        """After what is ready already."""
        call = Call(callback, args, context)
        self._ready.append(call)
        return call

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Call:
        """After so many virtual seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Call:
        """At a virtual time."""
        call = Call(callback, args, context)
        heapq.heappush(self._timers, (when, next(self._numbers), call))
        return call

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self._self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        """A task of this loop; `started` is told of one that lives where its maker does."""
        task = asyncio.Task(coro, loop=self._self, name=name, context=context)
        if context is None:
            self.started(task)
        return task

    async def pause(self, seconds: float) -> None:
        """As asyncio.sleep, which asks the machine each time which loop it runs in."""
        woken: asyncio.Future[None] = asyncio.Future(loop=self._self)
        self.call_later(seconds, _wake, woken)
        await woken

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Of a task that is left behind when a seed is over."""

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Whoever asks is run by it."""
        return True

    def is_closed(self) -> bool:
        """There is nothing to close."""
        return False


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def _ignored(task: asyncio.Task[Any]) -> None:
    """Nobody asked to be told."""
