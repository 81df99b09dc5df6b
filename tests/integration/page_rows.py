"""The tables of pages in docs/endpoints-*.md, `| what | who | request | answer |`, and what a row promises.

A request is a method and a path, and for a POST a form or JSON in backticks, or how large a form. An answer is a
status, then the words that are in it, or `to` and where it leads. What begins with a state happens in it alone.
"""

import asyncio
import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<who>\w+) \| (?P<method>GET|POST) (?P<path>/\S*)"
    r"(?: `(?P<body>[^`]*)`| (?P<size>\d+ (?:bytes|fields)))? \| (?P<status>\d{3})(?: (?P<answer>[^|`]+))? \|$",
    re.MULTILINE,
)
FORM = "application/x-www-form-urlencoded"
STATES = ("Kafka away", "PostgreSQL away", "Too many at once", "No chat")
ANOTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://example.org"}
ABOUT = re.compile(r"^\| [^|]+ \| \w+ \| (?:GET|POST) [^|]+ \| [^|]+ \|$", re.MULTILINE)


@dataclass(frozen=True)
class PageRow:
    """One line."""

    what: str
    who: str
    method: str
    path: str
    body: str | None
    size: str | None
    status: str
    answer: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Method and path, without the query."""
        return self.method, self.path.partition("?")[0]

    @property
    def state(self) -> str | None:
        """In which it is true; None for as a rule."""
        return next((state for state in STATES if self.what.startswith(f"{state}: ")), None)

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON; else it is a form."""
        return self.body is not None and self.body.startswith("{") and not self.body.startswith("{id}")

    @property
    def headers(self) -> dict[str, str]:
        """Of a browser that speaks English, on our own page or on another's."""
        found = {"accept-language": "en", **(ANOTHER_SITE if self.what.startswith("From another site: ") else {})}
        if self.body is not None or self.size is not None:
            found["content-type"] = "application/json" if self.is_json else FORM
        return found

    def content(self, filled: Callable[[str], str]) -> bytes | None:
        """What is sent, if anything is."""
        if self.size is not None:
            number, of = self.size.split()
            return b"x" * int(number) if of == "bytes" else b"&".join([b"x="] * int(number))
        if self.body is None:
            return None
        return (filled(self.body) if self.is_json else quote(filled(self.body), safe="=&")).encode()


def page_rows(doc: Path) -> list[PageRow]:
    """Every row of the tables that have four columns; fails on one that cannot be read."""
    text = doc.read_text()
    found = [PageRow(**match.groupdict()) for match in ROW.finditer(text)]
    assert len(found) == len(ABOUT.findall(text)) > 10
    return found


def of(rows: Sequence[PageRow], state: str | None = None) -> pytest.MarkDecorator:
    """The rows of what happens in a state, or of what happens as a rule."""
    chosen = [row for row in rows if row.state == state]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: f"{row.method} {row.path} {row.what}")


async def check(row: PageRow, http: httpx.AsyncClient, filled: Callable[[str], str] = str) -> None:
    """Ask it in English and look at everything the row promises; of a stream, at how it begins."""
    content = row.content(filled)
    async with http.stream(row.method, filled(row.path), content=content, headers=row.headers) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            text = await anext(answer.aiter_text(), "")
        else:
            text = (await answer.aread()).decode()
    assert answer.status_code == int(row.status), text
    assert (answer.status_code in (429, 503)) == ("retry-after" in answer.headers)
    if row.answer is not None and row.answer.startswith("to "):
        assert answer.headers["location"] == filled(row.answer.removeprefix("to "))
    elif row.answer is not None:
        assert filled(row.answer) in read(text)


def read(text: str) -> str:
    """As a person reads it: without tags, with one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


async def until_ready(url: str, prefix: str) -> None:
    """Until /readyz says so."""
    async with httpx.AsyncClient(base_url=url) as http:
        for _ in range(300):
            if (await http.get(f"/{prefix}/readyz")).is_success:
                return
            await asyncio.sleep(0.05)
    raise AssertionError(f"{prefix} is not ready")


def untold(app: FastAPI, told: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Methods and paths that an application serves and no row tells of."""
    served = {
        (method, route.path)
        for route in iter_route_contexts(app.routes)
        if route.path
        for method in (route.methods or set()) - {"HEAD"}
    }
    known = set(told)
    return sorted(
        (method, path)
        for method, path in served - known
        if not any(
            verb == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), asked) for verb, asked in known - served
        )
    )
