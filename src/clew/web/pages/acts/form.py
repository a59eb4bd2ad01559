"""/accounts/ID/act/KIND: a plain form for each act; a mistake takes nothing of what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from clew.context.model import Answer
from clew.errors import UnknownName
from clew.texts import gettext as _
from clew.web.pages.accounts.committee import called
from clew.web.pages.acts.doing import ONCE, audited, do, form_once, go_on
from clew.web.pages.acts.facts import Facts, facts_of
from clew.web.pages.acts.kinds import KINDS, Kind, words_of
from clew.web.pages.acts.making import AlreadyAnswered
from clew.web.pages.acts.told import Told, WrongFields

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def show(asked: Asked) -> Response:
    """The form, filled in as far as its address says: ?topic=price."""
    kind, facts = kind_of(asked), facts_of(asked)
    note_names(asked, facts)
    given = {one.name: asked.query(one.name, one.value) for one in kind.fields(facts)}
    return page(asked, kind, facts, given=given)


def send(asked: Asked) -> Response:
    """Do it, or show the form again with what is wrong, or with what the customer told us already."""
    kind, facts = kind_of(asked), facts_of(asked)
    told = Told({name: asked.form(name) for name in asked.fields})
    try:
        act = kind.make(facts, told)
    except WrongFields as fault:
        return page(asked, kind, facts, given=told.said, wrong=fault.wrong, status=422)
    except AlreadyAnswered as known:
        note_names(asked, facts)
        return page(asked, kind, facts, given=told.said, known=known.answers, status=409)
    done = do(asked, act, form_once(asked), action=kind.action)
    return go_on(asked, done, facts.account.address, said=kind.said)


def kind_of(asked: Asked) -> Kind:
    """Return what the address names. Raises UnknownName"""
    name = asked.path["kind"]
    if name not in KINDS:
        raise UnknownName("form", name, [*KINDS, "handoff"])
    return KINDS[name]


def note_names(asked: Asked, facts: Facts) -> None:
    """Note that names of contacts were read."""
    if facts.persons:
        asked.note_read(audited(facts.thread))


def page(
    asked: Asked,
    kind: Kind,
    facts: Facts,
    *,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    known: Sequence[Answer] = (),
    status: int = 200,
) -> Response:
    """Draw the form.

    given  what stands in its fields       wrong  sentence by field       known  answers to what is to be asked
    """
    return asked.page(
        "act_form.html.j2",
        status=status,
        words=words_of(asked.path["kind"]),
        facts=facts,
        header=facts.context.header,
        crumbs=[(_("Accounts"), "/accounts"), (facts.context.header.name, facts.account.address)],
        fields=[replace(one, value=given.get(one.name, "")) for one in kind.fields(facts)],
        wrong=wrong or {},
        known=known,
        once=asked.form(ONCE) or uuid4().hex,
        called=lambda contact: called(contact, facts.persons),
        team_words=facts.firm.team_title,
    )
