"""How often something may happen: for everybody together, without a look at any address, or for each address apart."""

from dataclasses import dataclass, field
from ipaddress import ip_address

MINUTE_S = 60


@dataclass
class Limit:
    """So many a minute, and as many at once after a quiet minute."""

    per_minute: float
    _left: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._left = self.per_minute

    def take(self, now: float) -> bool:
        """True when one more may happen at this moment, in monotonic seconds."""
        since = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._left = min(self.per_minute, self._left + since * self.per_minute / MINUTE_S)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """What was taken last does not count."""
        self._left = min(self.per_minute, self._left + 1)

    def is_quiet(self, now: float) -> bool:
        """True when nothing was asked for a minute: it is as a new one."""
        return self._at is None or now - self._at >= MINUTE_S


class Limits:
    """The same limit for each address. What is quiet is forgotten; of more than `most`, what was seen longest ago."""

    def __init__(self, per_minute: float, most: int = 10_000) -> None:
        self._per_minute = per_minute
        self._most = most
        self._of: dict[str, Limit] = {}

    def of(self, address: str, now: float) -> Limit:
        """The limit of an address, in monotonic seconds; of IPv6 the first 64 bits, as one customer has them all."""
        network = _network(address)
        limit = self._of.pop(network, None) or Limit(self._per_minute)
        while self._of and (len(self._of) >= self._most or next(iter(self._of.values())).is_quiet(now)):
            del self._of[next(iter(self._of))]
        self._of[network] = limit  # the last in the row
        return limit

    def __len__(self) -> int:
        return len(self._of)


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or f"{int(ip) >> 64:x}")
