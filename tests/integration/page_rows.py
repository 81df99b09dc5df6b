"""The tables of pages in docs/endpoints-*.md, `| what | who | request | answer |`, and what a row promises.

A request is a method and a path, and for a POST a form or JSON in backticks. An answer is a status, then the words that
are in it, or `to` and where it leads.
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
    r"^\| (?P<what>[^|]+) \| (?P<who>\w+) \| (?P<method>GET|POST) (?P<path>/\S*)(?: `(?P<body>[^`]*)`)?"
    r" \| (?P<status>\d{3})(?: (?P<answer>[^|`]+))? \|$",
    re.MULTILINE,
)
ABOUT = re.compile(r"^\| [^|]+ \| \w+ \| (?:GET|POST) [^|]+ \| [^|]+ \|$", re.MULTILINE)


@dataclass(frozen=True)
class PageRow:
    """One line."""

    what: str
    who: str
    method: str
    path: str
    body: str | None
    status: str
    answer: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Method and path, without the query."""
        return self.method, self.path.partition("?")[0]


def page_rows(doc: Path) -> list[PageRow]:
    """Every row of the tables that have four columns; fails on one that cannot be read."""
    text = doc.read_text()
    found = [PageRow(**match.groupdict()) for match in ROW.finditer(text)]
    assert len(found) == len(ABOUT.findall(text)) > 10
    return found


def of(rows: Sequence[PageRow], away: str | None = None) -> pytest.MarkDecorator:
    """The rows of what happens while something is away, or of what happens as a rule."""
    chosen = [r for r in rows if (r.what.startswith(f"{away} away") if away else " away: " not in r.what)]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: f"{row.method} {row.path} {row.what}")


async def check(row: PageRow, http: httpx.AsyncClient, filled: Callable[[str], str] = str) -> None:
    """Ask it in English and look at everything the row promises; of a stream, at how it begins."""
    headers, content = {"accept-language": "en"}, None
    if row.body is not None:
        is_json = row.body.startswith("{") and not row.body.startswith("{id}")
        headers["content-type"] = "application/json" if is_json else "application/x-www-form-urlencoded"
        content = filled(row.body) if is_json else quote(filled(row.body), safe="=&")
    async with http.stream(row.method, filled(row.path), content=content, headers=headers) as answer:
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
