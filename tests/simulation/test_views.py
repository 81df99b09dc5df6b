"""The views are a fold: in any order, with any repeats, in any batches they come out the same, and revisions grow."""

from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.events import AlertUpdated, Event, PageUpdated
from shared.words import Answer, Confidentiality
from tests.simulation.broker import Broker
from tests.simulation.ending import refold
from tests.simulation.seams import simulated
from tests.simulation.view_tables import Changed, ViewTables
from tests.simulation.world import World
from tests.unit.reporting.invented import alert, incident, page

NAMES = ("a", "b", "c")
OPENED = {"a": 0.0, "b": 5.0, "c": 5.0}  # two alerts of one moment: the tie, too, is decided the same each time
names = st.sampled_from(NAMES)


class AnyOrder(RuleBasedStateMachine):
    """Services publish; records arrive late, again and in any batches; one fold is compared with another."""

    @initialize()
    def begin(self) -> None:
        world = World(0)
        self.place = simulated(world, Broker(world))
        self.place.__enter__()
        self.published: list[Event] = []
        self.arrived: list[Event] = []
        self.revision = 0
        self.shown: dict[Changed, int] = {}
        self.tables = ViewTables(self.note)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.place.__exit__(None, None, None)

    def note(self, changes: Sequence[tuple[Changed, int]]) -> None:
        """Each revision is used once, each row's grows."""
        for changed, revision in changes:
            assert revision == self.revision + 1
            self.revision = self.shown[changed] = revision

    @rule(name=names, building=st.sampled_from(["HORST", "CARRE"]), at=st.integers(0, 1), both=st.booleans())
    def report(self, name: str, building: str, at: int, both: bool) -> None:
        """A source may send the same incident again, with another building, or in one request also as confidential."""
        self.published.append(incident(name, building=building, at=at))
        if both:
            secret = Confidentiality.CONFIDENTIAL
            self.published.append(incident(name, building=building, at=at, confidentiality=secret))

    @rule(name=names, took=st.sets(names), coming=st.integers(0, 3))
    def decide(self, name: str, took: set[str], coming: int) -> None:
        same = alert(name).alert_id
        version = 1 + sum(isinstance(event, AlertUpdated) and event.alert_id == same for event in self.published)
        self.published.append(alert(name, version, incidents=sorted(took), coming=coming, opened=OPENED[name]))

    @rule(name=names, member=st.sampled_from(["Kim", "Sam"]), answer=st.none() | st.sampled_from(Answer))
    def call(self, name: str, member: str, answer: Answer | None) -> None:
        same = page(name, member).page_id
        version = 1 + sum(isinstance(event, PageUpdated) and event.page_id == same for event in self.published)
        self.published.append(page(name, member, version, answer=answer))

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        """A batch of anything that was published, before or for the first time, in any order."""
        batch = data.draw(st.lists(st.sampled_from(self.published), min_size=1, max_size=6))
        refold(self.tables, [batch])
        self.arrived += batch

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        """The same events in another order and other batches."""
        order = data.draw(st.permutations(self.arrived))
        cut = data.draw(st.integers(0, len(order)))
        other = ViewTables(lambda _: None)
        refold(other, [part for part in (order[:cut], order[cut:]) if part])
        assert other.views() == self.tables.views()

    @precondition(lambda self: self.arrived)
    @rule()
    def arrive_again(self) -> None:
        """What is known changes nothing, and readers are told of nothing."""
        before = self.revision
        refold(self.tables, [self.arrived])
        assert self.revision == before

    @invariant()
    def backwards_they_are_the_same(self) -> None:
        """The order that turns every pair round."""
        other = ViewTables(lambda _: None)
        refold(other, [self.arrived[::-1]] if self.arrived else [])
        assert other.views() == self.tables.views()

    @invariant()
    def readers_know_the_revision_of_every_row(self) -> None:
        assert self.shown == self.tables.changes
        assert self.tables.revision["current"] == self.revision


def test_the_views_are_the_same_whatever_came_first() -> None:
    run_state_machine_as_test(AnyOrder, settings=settings(max_examples=60, stateful_step_count=20, deadline=None))
