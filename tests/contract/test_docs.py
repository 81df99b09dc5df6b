"""What there is, is documented; what is documented, is there."""

import json
import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from deploy import links
from deploy.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
LONGEST = {"README.md": 150, "ARCHITECTURE.md": 200}
PATH = re.compile(r"`((?:services|shared|deploy|tests|docs)/[\w./-]+?)(?::\d+)?`")


def prose() -> str:
    """Everything that is written for people."""
    return "\n".join(page.read_text() for page in PAGES)


def commands() -> list[str]:
    """Every command of `meldkamer`, with its sub-commands."""
    found = []
    root = get_command(main.build())
    for name, command in getattr(root, "commands", {}).items():
        below = getattr(command, "commands", None)
        found += [f"meldkamer {name} {word}" for word in below] if below else [f"meldkamer {name}"]
    return found


def endpoints() -> list[str]:
    """Every path of the APIs, with `{}` for what is filled in."""
    files = [file for file in (ROOT / "docs" / "api").glob("*.json") if file.name != "asyncapi.json"]
    return sorted({anonymous(path) for file in files for path in json.loads(file.read_text())["paths"]})


def anonymous(text: str) -> str:
    """The text without the names in braces."""
    return re.sub(r"{\w+}", "{}", text)


def links_of(page: Path) -> list[str]:
    """Where a page points, but for other sites."""
    text = re.sub(r"<!--.*?-->", "", page.read_text(), flags=re.DOTALL)
    return [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]


@pytest.mark.parametrize("command", commands())
def test_a_command_is_documented(command: str) -> None:
    assert command in prose()


@pytest.mark.parametrize("command", commands())
def test_a_command_has_help(command: str) -> None:
    found: typer.core.TyperCommand | None = None
    level = get_command(main.build())
    for word in command.split()[1:]:
        level = found = getattr(level, "commands", {})[word]
    assert found is not None
    assert found.help


@pytest.mark.parametrize("path", endpoints())
def test_an_endpoint_is_documented(path: str) -> None:
    told = anonymous(prose())
    short = re.sub(r"^/(intake|alerting)/v1", "", path)
    assert path in told or f"| {short} |" in told


def test_every_stream_is_named_to_those_who_run_a_proxy() -> None:
    tried = "".join(page.read_text() for page in (ROOT / "docs").glob("endpoints-*.md"))
    streams = set(re.findall(r"GET (/\S+/live)\b", anonymous(tried)))
    (told,) = re.findall(r"must not buffer(.*)\(server-sent events\)", anonymous(running()), re.DOTALL)
    assert len(streams) >= 3
    assert set(re.findall("`(/[^`]+)`", told)) == streams


def running() -> str:
    """What operators read."""
    return (ROOT / "docs" / "running.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    lost = [link for link in links_of(page) if not leads_somewhere(page, link)]
    assert lost == []


def leads_somewhere(page: Path, link: str) -> bool:
    """A file that is there, a line it has, a heading of that name."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return False
    if line := re.fullmatch(r"L(\d+)", anchor):
        return int(line[1]) <= len(target.read_text().splitlines())
    return not anchor or anchor in headings(target)


def headings(page: Path) -> set[str]:
    """Anchors as they are made of headings."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_that_prose_names_is_there(page: Path) -> None:
    named = {name.rstrip("/.") for name in PATH.findall(page.read_text())}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize(("name", "most"), LONGEST.items(), ids=LONGEST.keys())
def test_a_page_that_everybody_reads_is_short(name: str, most: int) -> None:
    assert len((ROOT / name).read_text().splitlines()) < most


def test_the_readme_follows_one_alarm_in_six_links_to_functions() -> None:
    text = (ROOT / "README.md").read_text()
    steps = re.findall(r"^(\d)\. .*\[`\w+`\]\([\w/]+\.py#L\d+\)$", text, re.MULTILINE)
    assert steps == list("123456")
    assert links.refreshed(text, ROOT) == text, "run: .venv/bin/python -m deploy.generate"


def test_a_decision_says_what_would_change_our_mind() -> None:
    decisions = [page for page in PAGES if page.parent.name == "decisions" and page.name != "README.md"]
    assert decisions
    for page in decisions:
        text = page.read_text()
        assert re.match(r"# \d{4} ", text), page.name
        for heading in ("## Decision", "## Why", "## Runner-up", "## What would change our mind"):
            assert heading in text, f"{page.name}: {heading}"
