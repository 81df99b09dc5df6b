"""What the demonstration obeys, and the doors that access.json opens."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Misconfigured


class DemoSettings(BaseSettings):
    """Environment variables are the field names in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    meldkamer_access: Path = Field(Path(".meldkamer/access.json"), description="access.json of the running product.")
    meldkamer_scenario: str = Field("", description="Scenario to play: day (also when empty), fire, quiet or none.")
    meldkamer_campus: Path = Field(Path("deploy/campus"), description="Campus file; its first person is left to you.")


class Access(BaseModel):
    """What `make run` writes for scripts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: str
    admin_token: str
    source_keys: dict[str, str]


def read_access(file: Path) -> Access:
    """The doors of a running product; Misconfigured says what is missing."""
    try:
        return Access.model_validate_json(file.read_text())
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}): is the product running? make run") from error
    except ValidationError as error:
        raise Misconfigured(f"{file} is no access.json: {error.error_count()} fields are wrong") from error
