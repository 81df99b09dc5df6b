"""A web form read and filled in as a browser does it, whatever fields its maker gave it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

Attributes = Mapping[str, str]


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and its fields with the values that are sent when nobody touches them."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, text: str, wishes: Iterable[str] = ()) -> dict[str, str]:
        """The text in the first text area; of each choice a wished value if there is one, else what was chosen."""
        wanted = set(wishes)
        chosen = {name: next((v for v in values if v in wanted), "") for name, values in self.choices.items()}
        told = {self.texts[0]: text} if self.texts else {}
        return self.fields | {name: value for name, value in chosen.items() if value} | told


def first_form(html: str, page: str) -> Form | None:
    """The first form of a page that takes a text, or None."""
    reader = _Reader(page)
    reader.feed(html)
    return next((form for form in reader.forms if form.texts), None)


class _Reader(HTMLParser):
    """Collects forms with their hidden values, choices and text areas; buttons and empty boxes are left alone."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self._select: str | None = None
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self._page, given.get("action") or self._page)
            self.forms.append(Form(action, given.get("method", "get").lower()))
        elif self.forms and tag in ("input", "textarea", "select", "option"):
            self._field(tag, given, self.forms[-1])

    def _field(self, tag: str, given: Attributes, form: Form) -> None:
        name = given.get("name", "")
        match tag:
            case "textarea" if name:
                form.fields[name] = ""
                form.texts.append(name)
            case "select":
                self._select = name
            case "option" if self._select:
                form.choices.setdefault(self._select, []).append(given.get("value", ""))
                if "selected" in given or self._select not in form.fields:
                    form.fields[self._select] = given.get("value", "")
            case "input" if name:
                _input(given, name, form)
            case _:
                pass


def _input(given: Attributes, name: str, form: Form) -> None:
    """What an input sends when nobody touches it."""
    match given.get("type", "text"):
        case "radio" | "checkbox":
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        case "submit" | "button" | "image" | "reset" | "file":
            pass
        case _:
            form.fields[name] = given.get("value", "")
