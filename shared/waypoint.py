"""The named points on the way of one alarm. Passing one does nothing; a test puts its own function in the place of
`passed` and so can make a process die at any of them (tests/proof/dying.py).
"""

from enum import StrEnum


class Point(StrEnum):
    """In the order an alarm passes them; what stands in brackets is true at that moment and was not before."""

    ACCEPTED = "accepted"  # intake: it is an incident [nothing is durable]
    PUBLISHED = "published"  # intake: Kafka has it [the source does not know]
    RECEIVED = "received"  # a consumer holds the batch [nothing is written]
    INBOX = "inbox"  # its ids are in the inbox, its offsets in the ledger [uncommitted]
    DECIDED = "decided"  # alerting: alert, pages, timers and outgoing events are written [uncommitted]
    COMMITTED = "committed"  # alerting: the decision holds [nobody was called, no offset acknowledged]
    LEASED = "leased"  # alerting: a channel is about to be called [the message is `sending`]
    SENT = "sent"  # alerting: the channel took it [nobody wrote that down]
    MARKED = "marked"  # alerting: that it was sent holds
    RELAYED = "relayed"  # the outbox is on Kafka [its rows are still there]
    VIEWED = "viewed"  # reporting: the views show it [no offset acknowledged]


def passed(point: Point) -> None:
    """Call as `waypoint.passed(...)`, through the module, or nobody can stand in its place."""
