"""Dutch and English: English sentences are the message ids, `locale/nl` holds the Dutch (Babel gettext)."""

import gettext
from functools import cache
from pathlib import Path

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, select_autoescape

from shared.words import Language

LOCALE = Path(__file__).parent / "locale"
COOKIE = "meldkamer_language"
THEME_COOKIE = "meldkamer_theme"


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; English needs none."""
    if language is Language.EN:
        return gettext.NullTranslations()
    return gettext.translation("meldkamer", LOCALE, [language.value])


def language_of(request: Request) -> Language:
    """`?lang=`, else the cookie, else what the browser prefers, else Dutch."""
    asked = [request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")]
    accepted = [part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")]
    for code in (*asked, *accepted):
        if code in tuple(Language):
            return Language(code)
    return Language.NL


@cache
def environment(packages: tuple[str, ...], language: Language) -> Environment:
    """Jinja templates of these packages (first found wins) with `_()` in the language; everything is escaped."""
    loader = ChoiceLoader([PackageLoader(package) for package in packages])
    templates = Environment(
        loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
    )
    words = translations(language)
    templates.globals.update(_=words.gettext, gettext=words.gettext, ngettext=words.ngettext, language=language.value)
    return templates
