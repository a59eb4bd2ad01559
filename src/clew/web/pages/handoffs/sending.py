"""/accounts/ID/act/handoff: hand an account over to another team, with the packet that its journey asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from clew.acts.vocabulary import handoff_sent
from clew.context.model import HandoffState
from clew.journeys.model import Handoff as Declared
from clew.journeys.model import Journey
from clew.texts import gettext as _
from clew.web.addresses import address_of_handoff
from clew.web.pages.accounts.committee import called
from clew.web.pages.acts.doing import ONCE, do, done_already, form_once, go_on
from clew.web.pages.acts.facts import Facts, facts_of
from clew.web.pages.acts.form import note_names
from clew.web.pages.acts.told import Told, WrongFields
from clew.web.pages.handoffs.packet import Part, open_promises, parts_of, typed
from clew.web.pages.handoffs.settling import Move, NotWaiting
from clew.web.queries.runs import runs_of
from clew.workspace.succession import in_force

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


@dataclass(frozen=True)
class Choice:
    """A handoff that this account could make: which of which journey, and of what.

    runs     whether a run of that journey goes on: the likely choice
    pending  id of one that was sent already and is not accepted, "" for none
    """

    journey: Journey
    number: int
    subject: str
    runs: bool
    pending: str = ""

    @property
    def value(self) -> str:
        """What names it in a form; the beginning of its id."""
        return f"{self.journey.name}/{self.subject}/{self.number}"

    @property
    def declared(self) -> Declared:
        return self.journey.handoffs[self.number]


def choices_of(asked: Asked, facts: Facts) -> list[Choice]:
    """List what can be handed over, the likely ones first: runs that go on, given by one of the actor's teams."""
    with asked.parts.database.read() as connection:
        runs = [run for run in runs_of(connection, facts.thread) if run.ended_at is None]
    found: dict[str, Choice] = {}
    for name in facts.workspace.sound_journeys():
        journey = in_force(facts.workspace, name).journey
        for subject, goes_on in _subjects(facts, journey, [run.subject for run in runs if run.journey == name]):
            for number in range(len(journey.handoffs)):
                one = Choice(journey, number, subject, goes_on)
                found[one.value] = replace(one, pending=_pending(facts, one))
    return sorted(
        found.values(), key=lambda one: (not one.runs, one.declared.source not in facts.actor.teams, one.value)
    )


def _pending(facts: Facts, one: Choice) -> str:
    mine = [each for each in facts.context.handoffs if each.id.startswith(f"{one.value}/") and each.lapsed_at is None]
    return next((each.id for each in mine if each.state is not HandoffState.ACCEPTED), "")


def _subjects(facts: Facts, journey: Journey, running: Sequence[str]) -> Iterator[tuple[str, bool]]:
    for subject in running:
        yield subject, True
    if journey.subject.kind == "account" and not running:
        yield facts.thread, False


def show(asked: Asked) -> Response:
    """The form: first which handoff, where there are several; then its packet."""
    facts = facts_of(asked)
    choices = choices_of(asked, facts)
    note_names(asked, facts)
    chosen = _chosen(choices, asked.query("handoff"))
    parts = parts_of(facts, chosen.declared.packet) if chosen else []
    return page(asked, facts, choices, chosen, parts=parts)


def send(asked: Asked) -> Response:
    """Send it; a part that was left empty is asked for once."""
    facts = facts_of(asked)
    choices = choices_of(asked, facts)
    chosen = _chosen(choices, asked.form("handoff"))
    if chosen is None:
        return page(asked, facts, choices, None, wrong={"handoff": _("Choose what is handed over.")}, status=422)
    if before := done_already(asked, form_once(asked)):
        return go_on(asked, before, facts.account.address, said="handoff-sent")
    if chosen.pending:
        return page(asked, facts, choices, chosen, status=409)
    told = Told({name: asked.form(name) for name in asked.fields})
    try:
        packet = typed(told, chosen.declared.packet)
        told.check()
    except WrongFields as fault:
        return page(asked, facts, choices, chosen, parts=_as_typed(told, chosen), wrong=fault.wrong, status=422)
    missing = [part for part in chosen.declared.packet if part not in packet]
    if missing and not told.is_checked("without"):
        return page(asked, facts, choices, chosen, parts=_as_typed(told, chosen), missing=missing, status=422)
    move = sending(facts, chosen, packet)
    once = replace(form_once(asked), settles=move.settles)
    return go_on(asked, do(asked, move.act, once, action=move.action), facts.account.address, said="handoff-sent")


def sending(facts: Facts, chosen: Choice, packet: Mapping[str, str]) -> Move:
    """Hand over anew, once earlier ones of this kind are accepted. Raises NotWaiting"""
    if chosen.pending:
        raise NotWaiting(_("This handoff was sent already and is not accepted yet: %(id)s.") % {"id": chosen.pending})
    earlier = sum(one.id.startswith(f"{chosen.value}/") for one in facts.context.handoffs)
    act = handoff_sent(chosen.journey, chosen.number, account=facts.thread, subject=chosen.subject, packet=packet)
    settles = f"handoff {facts.thread} {chosen.value} sent after {earlier}"
    return Move("send handoff", act, settles)


def _chosen(choices: Sequence[Choice], value: str) -> Choice | None:
    """The one that is named; the only one where there is no choice."""
    if not value and len(choices) == 1:
        return choices[0]
    return next((one for one in choices if one.value == value), None)


def _as_typed(told: Told, chosen: Choice) -> list[Part]:
    return [Part(name, told.said.get(Part(name, "").field, "")) for name in chosen.declared.packet]


def page(
    asked: Asked,
    facts: Facts,
    choices: Sequence[Choice],
    chosen: Choice | None,
    *,
    parts: Sequence[Part] = (),
    wrong: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    status: int = 200,
) -> Response:
    """Draw the form. missing  parts that are asked for once more"""
    return asked.page(
        "handoff_send.html.j2",
        status=status,
        facts=facts,
        header=facts.context.header,
        crumbs=[(_("Accounts"), "/accounts"), (facts.context.header.name, facts.account.address)],
        choices=choices,
        chosen=chosen,
        parts=parts,
        pending=address_of_handoff(facts.thread, chosen.pending) if chosen and chosen.pending else "",
        wrong=wrong or {},
        missing=missing,
        once=asked.form(ONCE) or uuid4().hex,
        promises=open_promises(facts),
        members=facts.committee.present,
        called=lambda contact: called(contact, facts.persons),
        team_words=facts.firm.team_title,
        journeys=facts.workspace.journeys,
        names={facts.thread: facts.context.header.name},
    )
