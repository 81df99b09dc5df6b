"""Starting a step of the plan: which teams it names, and who of them is paged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from services.alerting.core.draft import Draft
from services.alerting.core.facts import BHV, BUDDIES, BUDDY, Member, Step, bhv_team
from services.alerting.core.model import Page
from services.alerting.core.reason import Event, Reason
from services.alerting.core.wording import are, listed, people
from shared import ids
from shared.words import MessageType, PageState

_NOBODY = {
    Reason.TEAM_EMPTY: "the team has no members",
    Reason.NOBODY_PRESENT: "nobody of the team is present",
    Reason.NOBODY_NEW: "everybody present was paged already",
    Reason.NO_BUDDY_FREE: "no buddy building is left that has no alarm of its own",
    Reason.PAGE_FAILED: "nobody of the team has a channel",
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a step starts: the reason, and the first half of the sentence that tells it."""

    reason: Reason
    text: str


def start_step(draft: Draft, number: int, why: Why) -> Why | None:
    """Page the people of a step; why it has nobody to page, or None when somebody was paged."""
    step = draft.alert.frozen.plan.steps[number - 1]
    draft.alert = replace(draft.alert, step=number, deadline=draft.now + timedelta(seconds=step.for_s))
    teams = list(_teams(draft, step))
    already = {page.member_id for page in draft.pages.values()}
    paged = [page for team in teams for page in _page_team(draft, team, already)]
    draft.alert = replace(draft.alert, teams_paged=_with_new(draft.alert.teams_paged, teams))
    reached = sum(page.state is not PageState.FAILED for page in paged)
    if reached:
        text = f"{why.text}: {listed(teams)} {are(len(teams))} paged, {people(reached)}, for {step.for_s} seconds."
        draft.line(Event.PAGED if number == 1 else Event.ESCALATED, why.reason, text)
        return None
    reason = Reason.PAGE_FAILED if paged else _why_nobody(draft, step, teams)
    draft.because(why.reason)
    draft.line(Event.SKIPPED, reason, f"{why.text}, but step {number} has nobody to page: {_NOBODY[reason]}.")
    return Why(reason, f"Step {number} had nobody to page")


def teams_of(step: Step, building: str | None, buddies: tuple[str, ...]) -> Iterator[str]:
    """Every team the step could ever page, for the roster that is frozen."""
    for word in step.teams:
        if word == BHV:
            yield from [bhv_team(building)] if building else []
        elif word in {BUDDY, BUDDIES}:
            yield from map(bhv_team, buddies)
        else:
            yield word


def _teams(draft: Draft, step: Step) -> Iterator[str]:
    """The teams the step pages now; a word that names nobody gives nothing."""
    paged = set(draft.alert.teams_paged)
    for word in step.teams:
        found = list(_free_buddies(draft, paged, word)) if word in {BUDDY, BUDDIES} else _plain(draft, word)
        paged.update(found)
        yield from found


def _plain(draft: Draft, word: str) -> list[str]:
    """A team by its own name, or the building's own BHV."""
    if word != BHV:
        return [word]
    return [bhv_team(draft.alert.building)] if draft.alert.building else []


def _free_buddies(draft: Draft, paged: set[str], word: str) -> Iterator[str]:
    """The buddies not paged yet, those with an alarm of their own passed over, each with its line."""
    for code in draft.alert.frozen.buddies:
        if bhv_team(code) in paged:
            continue
        if code in draft.busy:
            text = f"Buddy building {code} has an alarm of its own and is passed over."
            draft.line(Event.SKIPPED, Reason.BUDDY_IN_ALARM, text)
            continue
        yield bhv_team(code)
        if word == BUDDY:
            return


def _page_team(draft: Draft, team: str, already: set[str]) -> Iterator[Page]:
    """Page who was not paged before; one who is in two teams is paged once."""
    for member in draft.alert.frozen.roster.get(team, ()):
        if member.member_id in already:
            continue
        already.add(member.member_id)
        page = _new_page(draft, team, member)
        if page.state is PageState.FAILED:
            draft.put(page)
            draft.line(Event.PAGE_FAILED, Reason.PAGE_FAILED, f"{member.name} has no channel to be paged on.")
        else:
            draft.tell(page, MessageType.PAGE)
        yield page


def _new_page(draft: Draft, team: str, member: Member) -> Page:
    step = draft.alert.step
    return Page(
        page_id=ids.page_id(draft.alert.alert_id, member.member_id, step),
        member_id=member.member_id,
        name=member.name,
        language=member.language,
        team=team,
        functions=member.functions,
        step=step,
        channel=member.channels[0].kind if member.channels else "",
        state=PageState.SENDING if member.channels else PageState.FAILED,
    )


def _why_nobody(draft: Draft, step: Step, teams: list[str]) -> Reason:
    roster = draft.alert.frozen.roster
    if not teams and {BUDDY, BUDDIES} & set(step.teams):
        return Reason.NO_BUDDY_FREE
    if any(roster.get(team) for team in teams):
        return Reason.NOBODY_NEW
    return Reason.NOBODY_PRESENT if any(team in roster for team in teams) else Reason.TEAM_EMPTY


def _with_new(known: tuple[str, ...], teams: list[str]) -> tuple[str, ...]:
    return (*known, *(team for team in dict.fromkeys(teams) if team not in known))
