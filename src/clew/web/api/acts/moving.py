"""Handoffs sent, accepted and returned, promises kept and released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clew.errors import UnknownName
from clew.web.api.acts.body import PACKET, again, done, told_of
from clew.web.frame.files import workspace_of
from clew.web.pages.acts.facts import facts_of
from clew.web.pages.acts.settling import keeping, releasing
from clew.web.pages.acts.told import Told
from clew.web.pages.handoffs.packet import typed
from clew.web.pages.handoffs.sending import choices_of, sending
from clew.web.pages.handoffs.settling import Move, accepting, handoff_in, returning, sending_again

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def send(asked: Asked) -> Response:
    """Hand over; with the id of a handoff that came back, send that one again."""
    facts, told = facts_of(asked), told_of(asked, ("handoff", PACKET, "id"))
    said = Told(told)
    if before := again(asked, told, facts.thread, handoff=told.get("handoff", "")):
        return before
    name = said.text("handoff", needed="name it: journey/subject/number, or the id of one that was returned")
    said.check()
    earlier = next((one for one in facts.context.handoffs if one.id == name), None)
    if earlier is not None:
        packet = typed(said, earlier.wanted)
        said.check()
        move = sending_again(facts.workspace, facts.account, earlier, packet)
        missing = [part for part in earlier.wanted if part not in {**earlier.packet, **packet}]
        return _moved(asked, move, told, handoff=name, missing=missing)
    choices = {one.value: one for one in choices_of(asked, facts)}
    if name not in choices:
        raise UnknownName("handoff", name[:120], choices)
    wanted = choices[name].declared.packet
    packet = typed(said, wanted)
    said.check()
    move = sending(facts, choices[name], packet)
    return _moved(asked, move, told, handoff=name, missing=[part for part in wanted if part not in packet])


def accept(asked: Asked) -> Response:
    """Take a handoff over."""
    facts, told = facts_of(asked), told_of(asked, ("id",))
    handoff = handoff_in(facts.context.handoffs, asked.path["id"])
    if before := again(asked, told, facts.thread, handoff=handoff.id):
        return before
    return _moved(asked, accepting(workspace_of(asked.parts), facts.account, handoff), told, handoff=handoff.id)


def give_back(asked: Asked) -> Response:
    """Return a handoff: {"reason": "..."}."""
    facts, told = facts_of(asked), told_of(asked, ("reason", "id"))
    handoff = handoff_in(facts.context.handoffs, asked.path["id"])
    if before := again(asked, told, facts.thread, handoff=handoff.id):
        return before
    move = returning(workspace_of(asked.parts), facts.account, handoff, Told(told))
    return _moved(asked, move, told, handoff=handoff.id)


def keep(asked: Asked) -> Response:
    """Keep a promise: {"says": "..."} where there is something to say."""
    facts, told, id = facts_of(asked), told_of(asked, ("says", "id")), asked.path["id"]
    if before := again(asked, told, facts.thread, promise=id):
        return before
    act, settles = keeping(facts, id, Told(told))
    return done(asked, act, told, action="keep promise", settles=settles, more={"promise": id}, promise=id)


def release(asked: Asked) -> Response:
    """Release a promise: {"reason": "..."}."""
    facts, told, id = facts_of(asked), told_of(asked, ("reason", "id")), asked.path["id"]
    if before := again(asked, told, facts.thread, promise=id):
        return before
    act, settles = releasing(facts, id, Told(told))
    return done(asked, act, told, action="release promise", settles=settles, more={"promise": id}, promise=id)


def _moved(asked: Asked, move: Move, told: dict[str, str], *, handoff: str, **more: Any) -> Response:
    return done(
        asked,
        move.act,
        told,
        action=move.action,
        settles=move.settles,
        more={"handoff": handoff, **more},
        handoff=handoff,
    )
