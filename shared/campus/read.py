"""Reads a campus file, or a folder of them, into one `Campus`; all mistakes come out at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.campus.buildings import read_buildings, read_teams
from shared.campus.cursor import Cursor, Record, compose
from shared.campus.model import Campus, Source
from shared.campus.names import ID, Names, bilingual, peek, unique
from shared.campus.plans import read_plans
from shared.campus.problems import CampusError, Problem
from shared.campus.vocabulary import Scope
from shared.phrase import Phrase
from shared.words import Kind, Language

LISTS = ("buildings", "teams", "plans", "sources", "people")


def load(path: Path) -> Campus:
    """The campus in a file or in all *.yaml of a folder, taken in order of name. Raises CampusError."""
    return parse(files_at(path))


def parse(files: Mapping[str, str]) -> Campus:
    """The campus in texts by file name. Raises CampusError with every mistake, each with file and line."""
    problems: list[Problem] = []
    roots = read_roots(files, problems)
    sections = {name: rows_of(roots, name) for name in LISTS}
    codes = tuple(code.upper() for code in peek(sections["buildings"], "code"))
    names = Names(codes, peek(sections["teams"], "id"))
    buildings = read_buildings(sections["buildings"], names)
    about = _about(roots)
    campus = Campus(
        name=about.name,
        timezone=about.timezone,
        emergency_number=about.emergency_number,
        language=about.language,
        buildings=buildings,
        teams=read_teams(sections["teams"], buildings),
        plans=read_plans(sections["plans"], names),
        sources=_sources(sections["sources"]),
    )
    _check_complete(campus, sections, roots)
    if problems:
        raise CampusError(problems)
    return campus


def files_at(path: Path) -> dict[str, str]:
    """The texts of a file or of the *.yaml of a folder, by the name that messages will show."""
    found = sorted(p for p in path.iterdir() if p.suffix in {".yaml", ".yml"}) if path.is_dir() else [path]
    if not found:
        raise CampusError([Problem(str(path), 1, "", "no *.yaml in this folder; see docs/campus-file.md")])
    return {str(file): _text(file) for file in found}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CampusError([Problem(str(file), line, "", "not UTF-8; save the file as UTF-8")]) from error
    except OSError as error:
        raise CampusError([Problem(str(file), 1, "", f"cannot be read: {error.strerror}")]) from error


def read_roots(files: Mapping[str, str], problems: list[Problem]) -> list[Record]:
    """The sections of each file; an empty file has none. A file that is no YAML makes guesswork of all the rest."""
    roots = [compose(name, text, problems) for name, text in files.items()]
    if problems:
        raise CampusError(problems)
    return [root.record((), ("campus", *LISTS)) for root in roots]


def rows_of(roots: Sequence[Record], section: str) -> list[Cursor]:
    """The elements of a section over all files, in order."""
    return [row for root in roots for row in root[section].elements()]


def _about(roots: Sequence[Record]) -> Campus:
    """The `campus:` section, which stands in exactly one of the files."""
    found = [root["campus"] for root in roots if root["campus"]]
    for more in found[1:]:
        more.fail(f'"campus" is already described at {found[0].file}:{found[0].line}; keep one')
    if not found:
        roots[0].place.fail('"campus" is missing; add `campus: {name: ..., timezone: ..., emergency_number: ...}`')
        return Campus(Phrase("", ""), "", "", Language.NL, (), (), ())
    row = found[0].record(("name", "timezone", "emergency_number"), ("language",))
    return Campus(
        name=bilingual(row["name"]),
        timezone=_timezone(row["timezone"]),
        emergency_number=row["emergency_number"].matching(r"\+?[0-9][0-9 -]+", "a telephone number"),
        language=row["language"].choice("language", Language, Language.NL),
        buildings=(),
        teams=(),
        plans=(),
    )


def _timezone(place: Cursor) -> str:
    name = place.text()
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        place.fail(f'unknown time zone "{name}"; write one of the IANA list, such as Europe/Amsterdam')
    return name


def _sources(places: Sequence[Cursor]) -> tuple[Source, ...]:
    rows = [place.record(("name", "system", "scope", "text"), ("kinds", "silent_after")) for place in places]
    unique((row["name"] for row in rows), "source")
    return tuple(_source(row) for row in rows)


def _source(row: Record) -> Source:
    return Source(
        name=row["name"].matching(ID, "a source name: letters, digits, - . and _, such as ascom"),
        system=row["system"].text(),
        scope=row["scope"].choice("scope", Scope, Scope.GENERAL),
        text=bilingual(row["text"]),
        kinds=tuple(kind.choice("kind", Kind, Kind.OTHER) for kind in row["kinds"].elements()),
        silent_after_s=row["silent_after"].duration() if row["silent_after"] else None,
    )


def _check_complete(campus: Campus, sections: Mapping[str, Sequence[Cursor]], roots: Sequence[Record]) -> None:
    """A campus has buildings and plans, else nobody would ever be paged."""
    for name, found in (("buildings", campus.buildings), ("plans", campus.plans)):
        if not found and not sections[name]:
            roots[0].place.fail(f'"{name}" is missing; add `{name}:` with at least one')
