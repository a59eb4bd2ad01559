"""POST /v1/accounts/ID/promises, answers, questions, touches, roles, owner: what somebody writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from clew.context import vocabulary
from clew.web.api.acts.body import done, key_of, told_of
from clew.web.api.acts.lists import told_answer
from clew.web.pages.acts.facts import Facts, facts_of
from clew.web.pages.acts.kinds import KINDS
from clew.web.pages.acts.making import AlreadyAnswered
from clew.web.pages.acts.told import Told
from clew.web.queries.acts import stable_id

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

KIND_OF: Mapping[str, str] = {
    "promises": "promise",
    "answers": "answer",
    "questions": "question",
    "touches": "touch",
    "roles": "role",
    "owner": "owner",
}
_MORE: Mapping[str, tuple[str, ...]] = {"question": ("still",), "touch": ("still",), "role": ("team",)}


def write(asked: Asked, kind: str) -> Response:
    """Write one thing down; a question that the customer has answered is refused with the answers."""
    facts, row = facts_of(asked), KINDS[kind]
    allowed = [*(one.name for one in row.fields(facts)), *_MORE.get(kind, ()), "id"]
    told = told_of(asked, [name for name in allowed if name != "new_contact"])
    said = dict(told)
    if kind == "promise" and key_of(asked, told):
        said["id"] = told.get("id") or f"p-{stable_id(asked.actor, key_of(asked, told))}"
    try:
        act = row.make(facts, Told(said))
    except AlreadyAnswered as known:
        return _answered(asked, facts, known)
    more = {"promise": _promise(facts, act.properties)} if kind == "promise" else {}
    return done(asked, act, told, action=row.action, more=more)


def _promise(facts: Facts, properties: Mapping[str, str]) -> str:
    ours = facts.meanings.promises
    return properties[ours.id if ours else vocabulary.PROMISE_ID]


def _answered(asked: Asked, facts: Facts, known: AlreadyAnswered) -> Response:
    error = {"code": known.code, "message": str(known)}
    answers = [told_answer(one, sees=facts.account.sees_persons) for one in known.answers]
    return asked.answer({"error": error, "answers": answers}, status=409)


ANSWERS: Mapping[str, Callable[[Any], Any]] = {name: partial(write, kind=kind) for name, kind in KIND_OF.items()}
