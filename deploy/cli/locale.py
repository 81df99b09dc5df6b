"""`meldkamer locale`: the Dutch of every string. One part per area in shared/locale/nl/parts, compiled into one .mo."""

from collections.abc import Iterator
from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DUTCH = ROOT / "shared" / "locale" / "nl"
COMPILED = DUTCH / "LC_MESSAGES" / "meldkamer.mo"
SOURCES = ("services", "shared")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
# As the environment of shared/i18n.py reads templates.
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
Message = str | tuple[str, ...]

app = typer.Typer(name="locale", help="The Dutch of every string.", no_args_is_help=True)


class Conflict(ValueError):
    """Two parts give one string different Dutch."""


def used(root: Path = ROOT) -> Iterator[tuple[str, Message]]:
    """`file:line` and the English of every string in code and templates; a plural is a pair."""
    for source in SOURCES:
        found = extract_from_dir(root / source, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
        for file, line, message, _comments, _context in found:
            yield f"{source}/{file}:{line}", tuple(message) if isinstance(message, (tuple, list)) else message


def merged(parts: Path = DUTCH / "parts") -> Catalog:
    """All parts in one catalogue."""
    whole = Catalog(locale="nl", project="meldkamer", fuzzy=False)
    for path in sorted(parts.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="nl", abort_invalid=True)
        for message in part:
            if not message.id or not message.string:
                continue
            there = whole.get(message.id)
            if there is not None and there.string != message.string:
                raise Conflict(f"{path.name}: {message.id!r} is {message.string!r}, and elsewhere {there.string!r}")
            whole.add(message.id, message.string)
    return whole


def untranslated(whole: Catalog) -> dict[Message, str]:
    """The strings without Dutch, each with the place that uses it first."""
    missing: dict[Message, str] = {}
    for place, message in used():
        if whole.get(message if isinstance(message, str) else message[0]) is None:
            missing.setdefault(message, place)
    return missing


def compile_to(target: Path, whole: Catalog) -> None:
    """Write the catalogue as gettext reads it; the same catalogue always gives the same bytes."""
    whole.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", whole.plural_forms)]
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, whole)


@app.command()
def missing() -> None:
    """List strings without Dutch, ready to be pasted into a part; exit 1 if there are any."""
    found = untranslated(merged())
    for message, place in found.items():
        ids = (message,) if isinstance(message, str) else message
        typer.echo(f"#: {place}\nmsgid {_quoted(ids[0])}")
        if len(ids) > 1:
            typer.echo(f'msgid_plural {_quoted(ids[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n')
        else:
            typer.echo('msgstr ""\n')
    raise typer.Exit(1 if found else 0)


@app.command(name="compile")
def compile_() -> None:
    """Merge the parts into the catalogue that the services read."""
    whole = merged()
    compile_to(COMPILED, whole)
    typer.echo(f"{len(whole)} strings in {COMPILED.relative_to(ROOT)}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    app()
