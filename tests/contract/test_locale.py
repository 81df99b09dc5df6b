"""Every string that code and templates use has Dutch, and the compiled catalogue is current."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from deploy.cli.locale import COMPILED, Conflict, compile_to, merged, untranslated, used


def contents(catalogue: Catalog) -> dict[str, str]:
    """What it says, without its header; plurals as text."""
    return {str(list(m.id)): str(list(m.string)) for m in catalogue if m.id and m.string}


def test_every_string_has_dutch() -> None:
    assert untranslated(merged()) == {}


def test_the_compiled_catalogue_is_current() -> None:
    """`meldkamer locale compile` makes it so."""
    with COMPILED.open("rb") as file:
        assert contents(read_mo(file)) == contents(merged())


def test_the_search_for_strings_sees_code_templates_and_plurals() -> None:
    found = {message for _, message in used()}
    assert {"Paging", "Latest incidents", "Log in", ("%(num)s open alarm", "%(num)s open alarms")} <= found


def test_a_string_without_dutch_is_named_with_its_place() -> None:
    missing = untranslated(Catalog(locale="nl"))
    assert missing["User name"].startswith("shared/templates/login.html:")


def test_two_parts_may_not_give_one_string_different_dutch(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "a.po").write_text(head + 'msgid "Open"\nmsgstr "Open"\n')
    (tmp_path / "b.po").write_text(head + 'msgid "Open"\nmsgstr "Openen"\n')
    with pytest.raises(Conflict, match="Openen"):
        merged(tmp_path)


def test_compiling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.mo", "b.mo"):
        compile_to(tmp_path / name, merged())
    assert (tmp_path / "a.mo").read_bytes() == (tmp_path / "b.mo").read_bytes()
