"""`.env.example`: every setting with its words and its default, from the Settings classes themselves."""

from collections.abc import Iterator
from textwrap import wrap

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.demo.settings import DemoSettings
from deploy.embedded.settings import RunSettings, SetupSettings
from services.alerting.settings import Settings as Alerting
from services.intake.settings import Settings as Intake
from services.reporting.settings import Settings as Reporting
from shared.settings import Common

WIDTH = 118
HEAD = (
    "Every setting of Meldkamer with its default, as environment variables. A service reads its own and those of all"
    " services; a setting without a default stands as a comment."
)
SECTIONS: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("All services", Common),
    ("python -m services.intake", Intake),
    ("python -m services.alerting", Alerting),
    ("python -m services.reporting", Reporting),
    ("deploy/setup", SetupSettings),
    ("make run", RunSettings),
    ("meldkamer demo", DemoSettings),
)
COMPOSE = (
    ("POSTGRES_PASSWORD", "Of the owner that docker-compose.yml makes."),
    ("MELDKAMER_DOMAIN", "Where the proxy answers; without one: localhost."),
)


def render() -> str:
    """The file. A setting stands in the first section that has it."""
    lines = [*_comment(HEAD), *_comment("Written by: python -m deploy.generate")]
    seen: set[str] = set()
    for title, settings in SECTIONS:
        lines += ["", f"## {title}"]
        for name, info in settings.model_fields.items():
            if name not in seen:
                seen.add(name)
                lines += _setting(name, info)
    lines += ["", "## docker compose, besides the secrets above"]
    for name, words in COMPOSE:
        lines += [*_comment(words), f"# {name}="]
    return "\n".join(lines) + "\n"


def value_of(info: FieldInfo) -> str:
    """A default as it would be written in the environment."""
    default = info.get_default(call_default_factory=True, validated_data={})
    match default:
        case None:
            return ""
        case SecretStr():
            return default.get_secret_value()
        case bool():
            return str(default).lower()
        case _:
            return str(default)


def _setting(name: str, info: FieldInfo) -> Iterator[str]:
    yield from _comment(info.description or "")
    value = value_of(info)
    yield f"{name.upper()}={value}" if value else f"# {name.upper()}="


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in wrap(text, WIDTH - 2))
