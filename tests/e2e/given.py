"""What every run of the product is given before it serves: settings, schemas, keys of sources."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from services.intake import keys
from shared import migrate
from shared.campus import Scope

ADMIN = "the-admin-token-of-the-stories"
SECRET = "a secret of the stories, long enough to sign with"
KEYS = {scope: f"key-of-{scope}-for-the-stories" for scope in Scope}
PREFIX = {"reporting": "monitor"}


def settings(
    service: str, port: int, bootstrap: Sequence[str], database_url: str, campus: Path, base_url: str
) -> dict[str, str]:
    """The environment of a service: `intake`, `alerting` or `reporting`."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": ",".join(bootstrap),
        "DATABASE_URL": database_url,
        f"{service.upper()}_PORT": str(port),
        "MELDKAMER_CAMPUS": str(campus),
        "MELDKAMER_BASE_URL": base_url,
        "MELDKAMER_ADMIN_TOKEN": ADMIN,
        "MELDKAMER_SECRET": SECRET,
        "ALERTING_ALLOW_PRIVATE_TARGETS": "true",
    }


async def schemas_and_keys(database_url: str, sources: Mapping[Scope, str] = KEYS) -> None:
    """Migrate, and let each scope's source be known by its key."""
    await migrate.migrate(database_url)
    for scope, key in sources.items():
        await keys.ensure(database_url, f"stories-{scope}", [scope], key)
