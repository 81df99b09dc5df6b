"""Whatever happens in whatever order, the rules hold."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

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

from services.alerting.core.counting import surplus, tally
from services.alerting.core.facts import bhv_team
from services.alerting.core.model import Alert, Decision
from services.alerting.core.reason import Reason
from shared.words import AlertState, Answer, Function, MessageType, Severity
from tests.unit.alerting.world import FIRE, NOW, Story, incident, member, opened

ENDINGS = {Reason.QUORUM_IMPOSSIBLE, Reason.FUNCTION_IMPOSSIBLE, Reason.DEADLINE_PASSED, Reason.ESCALATED_BY_OPERATOR}
EMPTY = {Reason.TEAM_EMPTY, Reason.NOBODY_PRESENT, Reason.NOBODY_NEW, Reason.NO_BUDDY_FREE, Reason.PAGE_FAILED}
MOVES = ENDINGS | EMPTY
PLAN = replace(FIRE, needed={"total": 2, "lead": 1, "aed": 1})
functions = st.sampled_from([(Function.LEAD,), (Function.AED,), (Function.LEAD, Function.AED), ()])
members = st.lists(st.integers(0, 20), min_size=1, max_size=4)
crews = st.lists(functions, max_size=5)
answers = st.sampled_from([Answer.COMING, Answer.COMING, Answer.COMING, Answer.ARRIVED, Answer.NOT_COMING])
Crew = list[tuple[Function, ...]]


class AnyAlert(RuleBasedStateMachine):
    """One alert to which anything may happen; every decision is checked against the one before."""

    @initialize(own=crews, buddy=crews, other=crews, both=st.booleans())
    def open(self, own: Crew, buddy: Crew, other: Crew, both: bool) -> None:
        present = {"bhv-horst": own, "bhv-carre": buddy, "bhv-ravelijn": other, "security": other}
        roster = {team: tuple(member(f"{team}{n}", *f) for n, f in enumerate(crew)) for team, crew in present.items()}
        if both:  # some people are in two teams
            roster["security"] = (*roster["security"], *roster["bhv-horst"][:2])
        self.story = opened(incident("i0", dedup_key="d0"), plan=PLAN, roster=roster)
        self.incidents = 1
        self.check(None, self.story.last)

    def act(self, act: Callable[[], Decision]) -> None:
        """Do something and check what was decided."""
        before = self.story.alert
        self.check(before, act())

    @precondition(lambda self: self.story.alert.pages)
    @rule(
        who=st.lists(st.integers(0, 20), min_size=1, max_size=4), answer=answers, eta_s=st.none() | st.integers(0, 90)
    )
    def answer(self, who: list[int], answer: Answer, eta_s: int | None) -> None:
        for n in who:
            page = self.story.alert.pages[n % len(self.story.alert.pages)]
            self.act(partial(self.story.answers, answer, page.member_id, eta_s=eta_s))

    @precondition(lambda self: self.story.alert.pages)
    @rule(n=st.integers(0, 20))
    def fail(self, n: int) -> None:
        page = self.story.alert.pages[n % len(self.story.alert.pages)]
        self.act(lambda: self.story.fails(page.member_id))

    @rule(seconds=st.integers(0, 200))
    def wait(self, seconds: int) -> None:
        self.act(lambda: self.story.wait(seconds))

    @precondition(lambda self: self.story.alert.due_at is not None)
    @rule()
    def wait_until_due(self) -> None:
        due = self.story.alert.due_at or NOW
        self.act(lambda: self.story.wait(max(0.0, (due - self.story.now).total_seconds())))

    @rule(severity=st.sampled_from(Severity), zone=st.sampled_from([None, "1", "2"]), device=st.integers(0, 2))
    def report(self, severity: Severity, zone: str | None, device: int) -> None:
        self.incidents += 1
        name = f"i{self.incidents}"
        self.act(lambda: self.story.reports(incident(name, severity=severity, zone=zone, dedup_key=f"d{device}")))

    @precondition(lambda self: self.story.alert.version > 5)
    @rule(devices=st.sets(st.integers(0, 2), min_size=1))
    def restore(self, devices: set[int]) -> None:
        over = [incident(f"over {device}", clears=f"d{device}") for device in sorted(devices)]
        self.act(lambda: self.story.reports(*over))

    @rule(busy=st.sets(st.sampled_from(["CARRE", "RAVELIJN"])))
    def alarm_elsewhere(self, busy: set[str]) -> None:
        self.story.busy = frozenset(busy)

    @rule(what=st.sampled_from(["acknowledges", "escalates", "escalates", "stands_down"]))
    def operate(self, what: str) -> None:
        acts = {"acknowledges": self.story.acknowledges, "escalates": self.story.escalates}
        self.act(acts.get(what, self.story.stands_down))

    @precondition(lambda self: self.story.alert.version > 12)
    @rule()
    def close(self) -> None:
        self.act(self.story.closes)

    def check(self, before: Alert | None, decision: Decision) -> None:
        """What one decision may and may not do."""
        self.versions_grow(before, decision)
        self.messages_are_fresh(before, decision)
        left = sum(not joined.cleared for joined in decision.alert.incidents)
        assert (decision.alert.joined, decision.alert.open) == (len(decision.alert.incidents), left)
        if before is None:
            return
        if before.state is AlertState.CLOSED:
            assert not decision.messages
        if not decision.changed:
            assert decision.alert is before
        if decision.alert.step != before.step:
            assert MOVES & set(decision.reasons)
        self.skipped_buddies_are_not_paged(before, decision)

    @staticmethod
    def versions_grow(before: Alert | None, decision: Decision) -> None:
        known = {page.page_id: page for page in before.pages} if before else {}
        assert decision.alert.version == (before.version if before else 0) + decision.changed
        for page in decision.alert.pages:
            old = known.get(page.page_id)
            if old != page:
                assert page in decision.pages
                assert page.version == (old.version + 1 if old else 1)
        seqs = [line.seq for line in decision.timeline]
        first = (before.timeline_seq if before else 0) + 1
        assert seqs == list(range(first, first + len(seqs)))

    @staticmethod
    def messages_are_fresh(before: Alert | None, decision: Decision) -> None:
        """Every message counts on from the last of its page and type, and no page gets two of one type at once."""
        told = {page.page_id: page.told for page in before.pages} if before else {}
        for message in decision.messages:
            assert message.n == told.get(message.page_id, {}).get(message.type, 0) + 1
        assert len({(m.page_id, m.type) for m in decision.messages}) == len(decision.messages)
        changed = {page.page_id for page in decision.pages}
        assert {message.page_id for message in decision.messages} <= changed

    def skipped_buddies_are_not_paged(self, before: Alert, decision: Decision) -> None:
        newly = set(decision.alert.teams_paged) - set(before.teams_paged)
        assert newly.isdisjoint(map(bhv_team, self.story.busy))

    @invariant()
    def nobody_is_paged_twice(self) -> None:
        alert = self.story.alert
        assert len({page.page_id for page in alert.pages}) == len(alert.pages)
        assert len({page.member_id for page in alert.pages}) == len(alert.pages)

    @invariant()
    def stood_down_never_counts(self) -> None:
        assert not any(page.stood_down and (page.counts or page.silent) for page in self.story.alert.pages)

    @invariant()
    def staffed_means_exactly_enough(self) -> None:
        alert = self.story.alert
        if alert.state is not AlertState.STAFFED or not alert.active:
            return
        needed = alert.frozen.plan.needed
        assert tally(alert.pages, needed).enough
        assert not any(page.silent for page in alert.pages)
        assert alert.more_asked or not surplus(alert.pages, needed)

    @invariant()
    def paging_means_too_few_and_still_possible(self) -> None:
        alert = self.story.alert
        if alert.state is not AlertState.PAGING or not alert.active:
            return
        count = tally(alert.pages, alert.frozen.plan.needed)
        assert count.impossible is None
        assert alert.more_asked or not count.enough
        assert alert.deadline is not None

    @invariant()
    def nobody_stays_stood_down_while_too_few_are_coming(self) -> None:
        alert = self.story.alert
        if not alert.active or tally(alert.pages, alert.frozen.plan.needed).enough:
            return
        assert all(page.answer is Answer.NOT_COMING for page in alert.pages if page.stood_down)

    @invariant()
    def something_is_awaited_only_while_active(self) -> None:
        alert = self.story.alert
        if not alert.active:
            assert (alert.due_at, alert.deadline) == (None, None)
        if alert.due_at is not None:
            assert alert.due_at >= alert.opened_at
        if alert.state in {AlertState.STAFFED, AlertState.EXHAUSTED, AlertState.CLOSED}:
            assert alert.deadline is None

    @invariant()
    def looking_early_changes_nothing(self) -> None:
        alert = self.story.alert
        if alert.due_at is None or alert.due_at > self.story.now:
            calm = Story(alert, self.story.last, roster=self.story.roster, busy=self.story.busy, now=self.story.now)
            assert not calm.wait(0).changed

    @invariant()
    def restored_or_closed_never_pages(self) -> None:
        opening = self.story.alert.version == 1
        paged = any(message.type is MessageType.PAGE for message in self.story.last.messages)
        assert self.story.alert.active or opening or not paged


def test_no_order_of_events_breaks_a_rule() -> None:
    run_state_machine_as_test(AnyAlert, settings=settings(max_examples=100, stateful_step_count=25, deadline=None))
