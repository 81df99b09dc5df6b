"""Which processes make the product, and the settings each one gets."""

import string
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.access import Access
from deploy.embedded.service import Plan
from deploy.embedded.settings import RunSettings

# A successor of a service killed with -9 waits for the old session to run out. Other brokers may not allow less than
# 6 s (group.min.session.timeout.ms); ours does.
OWN_BROKER = {"KAFKA_SESSION_TIMEOUT_MS": "3000"}


@dataclass(frozen=True)
class Grounds:
    """What the services stand on. `ports`: intake, reporting, then one for each replica of alerting."""

    settings: RunSettings
    state: Path
    servers: list[str]
    database_url: str
    keys: Access
    ports: list[int]

    @property
    def routes(self) -> dict[str, list[int]]:
        """Which service answers under which first word of the path."""
        intake, reporting, *alerting = self.ports
        return {"intake": [intake], "alerting": alerting, "monitor": [reporting]}

    @property
    def alerting(self) -> str:
        """Where the first replica of alerting answers."""
        return f"http://127.0.0.1:{self.ports[2]}/alerting"


def service_plans(grounds: Grounds) -> list[Plan]:
    """Three services; alerting as often as asked, each replica with a letter of its own."""
    intake, reporting, *alerting = grounds.ports
    plans = [_plan(grounds, "intake", "intake", intake), _plan(grounds, "reporting", "monitor", reporting)]
    for letter, port in zip(string.ascii_lowercase, alerting, strict=False):
        name = "alerting" if len(alerting) == 1 else f"alerting {letter}"
        plans.append(_plan(grounds, "alerting", "alerting", port, name, {"ALERTING_REPLICA": letter}))
    return plans


def scenario_plan(grounds: Grounds) -> Plan:
    """The player of the example campus, which knows the product only by access.json."""
    told = {
        "MELDKAMER_ACCESS": str(grounds.state / "access.json"),
        "MELDKAMER_SCENARIO": grounds.settings.meldkamer_scenario,
        "MELDKAMER_CAMPUS": str(grounds.settings.meldkamer_campus.absolute()),
    }
    return Plan("scenario", "deploy.demo", grounds.state / "scenario.log", told, stop_within_s=2)


def _plan(
    grounds: Grounds, service: str, prefix: str, port: int, name: str = "", more: dict[str, str] | None = None
) -> Plan:
    """One service on one port."""
    name = name or service
    told = {
        "KAFKA_BOOTSTRAP_SERVERS": ",".join(grounds.servers),
        "DATABASE_URL": grounds.database_url,
        f"{service.upper()}_PORT": str(port),
        "MELDKAMER_HOST": "127.0.0.1",
        "MELDKAMER_CAMPUS": str(grounds.settings.meldkamer_campus.absolute()),
        "MELDKAMER_BASE_URL": grounds.settings.base_url,
        "MELDKAMER_ADMIN_TOKEN": grounds.keys.admin_token,
        "MELDKAMER_SECRET": grounds.keys.secret,
        "MELDKAMER_ACCOUNTS": str(grounds.state / "accounts.json"),
        "ALERTING_ALLOW_PRIVATE_TARGETS": "true",
        **({} if grounds.settings.kafka_bootstrap_servers else OWN_BROKER),
        **(more or {}),
    }
    log = grounds.state / f"{name.replace(' ', '-')}.log"
    return Plan(name, f"services.{service}", log, told, f"http://127.0.0.1:{port}/{prefix}/readyz")
