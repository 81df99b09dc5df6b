"""The table of measurements: what `make bench` does, in this order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.bench import (
    backlog_alerting,
    backlog_reporting,
    crowd,
    deadlines,
    flood,
    intake,
    memory,
    post_to_page,
    rebuild,
    visible,
)
from tests.bench.effort import Effort
from tests.bench.measured import Measured
from tests.e2e.product import Product


@dataclass(frozen=True, slots=True)
class Measurement:
    """One entry: its name on the command line, what it does, and about how many seconds that takes."""

    name: str
    says: str
    seconds: int
    measure: Callable[[Product, Effort], Awaitable[Measured]]


MEASUREMENTS = (
    Measurement("memory", "memory of the services at rest", 20, memory.measure),
    Measurement("post_to_page", "POST to page at 50/s, beside raw Kafka", 60, post_to_page.measure),
    Measurement("visible", "incident to visible on the monitor at 50/s", 50, visible.measure),
    Measurement("crowd", "one incident to 40 and to 1,300 members", 90, crowd.measure),
    Measurement("flood", "10,000 alarms from 500 detectors in 10 s", 30, flood.measure),
    Measurement("deadlines", "1,000 alerts due in one second", 40, deadlines.measure),
    Measurement("intake", "intake alone, beside a bare handler", 90, intake.measure),
    Measurement("backlog_alerting", "alerting after a backlog", 60, backlog_alerting.measure),
    Measurement("backlog_reporting", "reporting after a backlog", 90, backlog_reporting.measure),
    Measurement("rebuild", "the views built anew from the topics", 90, rebuild.measure),
)
