"""What sources, phones and operators of a run know together: where an alert may be opened, and which are open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.proof.grounds import PLANS, houses

SETTLED_S = 1.0  # a slot that was asked for so long ago has its alert: others may join it
LOST_S = 90.0  # nobody ever saw the alert that was asked for


@dataclass(frozen=True, slots=True)
class Slot:
    """There is one open alert at most of a plan in a house."""

    building: str
    plan: str


@dataclass(slots=True)
class Open:
    """An open alert: since when anybody knew of it, and since when enough people come."""

    since: float
    staffed_since: float | None = None


@dataclass(slots=True)
class Board:
    """Times are monotonic seconds, given by the caller; `taken` is when each slot was asked for."""

    alerts: dict[str, Open] = field(default_factory=dict)
    _free: dict[str, list[str]] = field(default_factory=lambda: {plan: houses() for plan in PLANS})
    taken: dict[Slot, float] = field(default_factory=dict)
    _closed: dict[str, float] = field(default_factory=dict)

    def take(self, plan: str, random: Random, now: float) -> Slot | None:
        """A house where nothing of this plan is open, from now on taken; None when there is none."""
        free = self._free[plan]
        if not free:
            return None
        found = Slot(free.pop(random.randrange(len(free))), plan)
        self.taken[found] = now
        return found

    def join(self, random: Random, now: float) -> Slot | None:
        """Where an alert is open, as far as anybody knows."""
        settled = [slot for slot, since in self.taken.items() if since < now - SETTLED_S]
        return random.choice(settled) if settled else None

    def release(self, slot: Slot) -> None:
        """Nothing is open there any more."""
        if self.taken.pop(slot, None) is not None:
            self._free[slot.plan].append(slot.building)

    def tidy(self, now: float) -> None:
        """Give back what was asked for and never seen, and forget what was closed long ago."""
        for slot in [slot for slot, since in self.taken.items() if since < now - LOST_S]:
            self.release(slot)
        for alert_id in [alert_id for alert_id, at in self._closed.items() if at < now - LOST_S]:
            del self._closed[alert_id]

    def paged(self, alert_id: str, now: float) -> None:
        """Somebody's phone rang for this alert."""
        if alert_id not in self._closed:
            self.alerts.setdefault(alert_id, Open(now))

    def shown(self, alert: Mapping[str, object], now: float) -> None:
        """A monitor shows this state of an alert; what is older than a close is passed over."""
        alert_id, state = str(alert["alert_id"]), alert["state"]
        if state == "closed":
            self.closed(alert_id, alert, now)
            return
        self.paged(alert_id, now)
        known = self.alerts.get(alert_id)
        if known is not None:
            known.staffed_since = (known.staffed_since or now) if state == "staffed" else None

    def closed(self, alert_id: str, alert: Mapping[str, object] | None, now: float) -> None:
        """An operator closed it; alerting's answer, or a monitor, tells where it was. None: there is no such alert."""
        self.alerts.pop(alert_id, None)
        if alert_id not in self._closed and alert is not None:
            self.release(Slot(str(alert["building"]), str(alert["plan"])))
        self._closed[alert_id] = now
