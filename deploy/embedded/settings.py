"""What `make run` obeys, and the set-up before it."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SetupSettings(BaseSettings):
    """Environment variables are the field names in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    maven_repository: str = Field("", description="Mirror that Kafka's jars are fetched from; empty: Maven Central.")


class RunSettings(BaseSettings):
    """Environment variables are the field names in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    meldkamer_port: int = Field(8080, ge=1, le=65535, description="The one port of make run.")
    meldkamer_host: str = Field("127.0.0.1", description="Address that the one port listens on.")
    meldkamer_state: Path = Field(Path(".meldkamer"), description="Folder for all that the run writes.")
    meldkamer_campus: Path = Field(Path("deploy/campus"), description="Campus file, or a folder of them.")
    meldkamer_scenario: str = Field("", description="Scenario to play; none plays nothing, empty is the usual one.")
    meldkamer_replicas: int = Field(1, ge=1, le=8, description="Processes of alerting, each a group of its own.")
    meldkamer_brokers: int = Field(1, description="Brokers of the run's own Kafka, 1 or 3.")
    kafka_bootstrap_servers: str = Field("", description="Brokers to use in place of the run's own.")
    database_url: str = Field("", description="PostgreSQL to use in place of the run's own, as its owner.")

    @property
    def base_url(self) -> str:
        """Where people and scripts find the product."""
        return f"http://localhost:{self.meldkamer_port}"
