"""The settings that every service reads; a service adds its own under its prefix."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Common(BaseSettings):
    """Environment variables are the field names in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    kafka_bootstrap_servers: str = Field("localhost:9092", description="Kafka brokers, host:port, comma separated.")
    kafka_partitions: int = Field(12, ge=1, description="Partitions of each topic when it is created.")
    kafka_replication: int = Field(1, ge=1, description="Replicas of each topic; 3 in production.")
    kafka_min_insync: int = Field(1, ge=1, description="Replicas that must have a record before it is acknowledged.")
    kafka_retention_days: int = Field(
        400, ge=1, description="Days that a topic keeps its records when it is created; chats 30 days at most."
    )
    kafka_session_timeout_ms: int = Field(
        6_000, ge=1_000, description="How long Kafka waits for a dead consumer; not under the broker's floor."
    )
    database_url: str = Field("postgresql://localhost/meldkamer", description="PostgreSQL, as owner or as the role.")
    meldkamer_campus: Path = Field(Path("deploy/campus"), description="Campus file, or a folder of them.")
    meldkamer_base_url: str = Field("http://localhost:8080", description="How people and pagers reach the product.")
    meldkamer_admin_token: SecretStr = Field(SecretStr(""), description="Bearer token for people's APIs; empty: none.")
    meldkamer_secret: SecretStr = Field(SecretStr(""), description="Signs sessions and answer links; 32 bytes or more.")
    meldkamer_accounts: Path | None = Field(None, description="JSON file of local accounts; none: no log-in.")
    meldkamer_host: str = Field("127.0.0.1", description="Address the services listen on.")
    meldkamer_proxies: str = Field(
        "127.0.0.1,::1", description="Proxies whose X-Forwarded-For is believed, comma separated; *: whoever asks."
    )
    meldkamer_log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def bootstrap(self) -> list[str]:
        """The brokers as the list that aiokafka needs (a comma string would be one host)."""
        return [host.strip() for host in self.kafka_bootstrap_servers.split(",") if host.strip()]
