"""The fields of each form: what a person is asked, with an example, and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from clew.clock import DAY_US
from clew.conditions.happening import event_names
from clew.context.roles import CommitteeRole
from clew.meanings.model import Promises
from clew.texts import gettext as _
from clew.web.pages.acts.facts import Facts, Options

CHANNELS = ("telephone", "email", "meeting", "visit", "chat", "portal")
HAPPENED = ("call made", "call received", "meeting held", "visit held")


@dataclass(frozen=True)
class Field:
    """One field of a form.

    kind      line | long | date | choice | check
    value     what stands in it at first
    options   of a choice        suggests  what a line proposes while one types
    """

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    required: bool = False
    value: str = ""
    options: Options = ()
    suggests: Sequence[str] = ()


Asking = Callable[[Facts], Sequence[Field]]


def of_promise(facts: Facts) -> Sequence[Field]:
    within = (facts.meanings.promises or _USUAL).within.micros // DAY_US
    due = (facts.today + timedelta(days=within)).isoformat()
    return (
        Field("says", _("What did we promise?"), "long", _("As: test access to the interface"), required=True),
        Field("due", _("Due on"), "date", _("It may be kept until this day is over."), value=due),
        _topic(facts, _("As: interface. Left empty the promise stands by its words alone.")),
        *_contact(facts, _("To whom?")),
        _team(facts, _("Team that keeps it")),
    )


_USUAL = Promises(made=None, kept=None, id="")  # type: ignore[arg-type]  # for its window


def of_answer(facts: Facts) -> Sequence[Field]:
    return (
        replace(_topic(facts, _("In a word or two, as: ERP in use.")), required=True),
        Field("says", _("What did the customer tell us?"), "long", _("As: Orbit 7, until May."), required=True),
        *_contact(facts, _("Who told it?")),
        _team(facts, _("Told to")),
    )


def of_question(facts: Facts) -> Sequence[Field]:
    hint = _("In a word or two, as: ERP in use. What the customer told us already is shown before anybody asks again.")
    return (
        replace(_topic(facts, hint), label=_("What do you want to ask about?"), required=True),
        *_contact(facts, _("Whom do you ask?")),
        _team(facts, _("Asked by")),
    )


def of_touch(facts: Facts) -> Sequence[Field]:
    channels = [("", _("not said")), *((each, _(each)) for each in CHANNELS)]
    return (
        Field("event", _("What happened?"), hint=_("As: call made. Left empty: a note."), suggests=_events(facts)),
        Field("says", _("What was said?"), "long", _("A sentence that a colleague understands next month.")),
        _topic(facts, _("In a word or two, as: price.")),
        *_contact(facts, _("With whom?")),
        Field("channel", _("Channel"), "choice", options=channels),
        Field("on", _("On"), "date", value=facts.today.isoformat()),
        _team(facts, _("Team")),
    )


def of_role(facts: Facts) -> Sequence[Field]:
    roles = [("", _("choose")), *((each.value, _(each.value)) for each in CommitteeRole)]
    return (
        *(replace(one, required=one.name == "contact") for one in _contact(facts, _("Who?"))),
        Field("role", _("Role"), "choice", _("What they are in decisions about us."), options=roles),
        Field(
            "on", _("From"), "date", _("The day from which it holds, or up to which."), value=facts.today.isoformat()
        ),
        Field("ends", _("They have this role no longer"), "check"),
    )


def of_owner(facts: Facts) -> Sequence[Field]:
    header, people = facts.context.header, [one.title for one in facts.firm.people.values()]
    return (
        Field("owner", _("Owner"), hint=_("Name or address of a user."), value=header.owner or "", suggests=people),
        replace(_team(facts, _("Team")), value=header.team or facts.team),
    )


def _topic(facts: Facts, hint: str) -> Field:
    return Field("topic", _("About"), hint=hint, suggests=facts.topics())


def _contact(facts: Facts, label: str) -> Iterator[Field]:
    yield Field("contact", label, "choice", options=[("", _("nobody named")), *facts.contacts()])
    yield Field("new_contact", _("Or somebody new"), hint=_("An e-mail address; it tells who it is from now on."))
    yield Field("contact_name", _("Their name"))


def _team(facts: Facts, label: str) -> Field:
    return Field("team", label, "choice", value=facts.team, options=[("", _("no team")), *facts.teams()])


def _events(facts: Facts) -> Sequence[str]:
    """Touches that the firm's systems know by name, and the usual ones."""
    sent = facts.meanings.sent
    return tuple(dict.fromkeys([*(event_names(sent.when) if sent else ()), *HAPPENED]))
