"""What the clients of a run are told of the product: where its parts answer, and with which keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.campus import Scope
from tests.e2e.given import ADMIN, KEYS, PREFIX
from tests.e2e.product import Product

SOURCE = "stories-{scope}"  # whose key that is, by its scope


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses are `http://host:port`. What goes through a proxy here goes through it in the run.

    `sources` names the source behind each key; `groups` the consumer groups that run; `ready` the direct address of
    each service's /readyz; `phones_url` where alerting finds the phones, which listen on `phones_port`.
    """

    intake: str
    alerting: tuple[str, ...]
    reporting: str
    keys: Mapping[Scope, str]
    sources: Mapping[Scope, str]
    admin_token: str
    bootstrap: tuple[str, ...]
    database_url: str
    phones_port: int
    phones_url: str
    groups: tuple[str, ...] = ("alerting-a", "reporting")
    ready: Mapping[str, str] = field(default_factory=dict)

    @property
    def as_person(self) -> dict[str, str]:
        """The headers of somebody who may do everything."""
        return {"Authorization": f"Bearer {self.admin_token}"}

    def as_source(self, scope: Scope) -> dict[str, str]:
        """The headers of the source of this scope."""
        return {"Authorization": f"Bearer {self.keys[scope]}"}


def of_product(product: Product, phones_port: int) -> Target:
    """The product of the stories, no proxy between."""
    services = ("intake", "alerting", "reporting")
    base = {name: f"http://127.0.0.1:{product.ports[name]}" for name in services}
    return Target(
        intake=base["intake"],
        alerting=(base["alerting"],),
        reporting=base["reporting"],
        keys=KEYS,
        sources={scope: SOURCE.format(scope=scope) for scope in Scope},
        admin_token=ADMIN,
        bootstrap=tuple(product.kafka.bootstrap_servers),
        database_url=product.postgres.url,
        phones_port=phones_port,
        phones_url=f"http://127.0.0.1:{phones_port}",
        ready={name: f"{base[name]}/{PREFIX.get(name, name)}/readyz" for name in services},
    )
