"""What people write down on the page of an account: one row for each kind, for pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.texts import gettext as _
from clew.web.pages.acts import fields, making
from clew.web.pages.acts.fields import Asking
from clew.web.pages.acts.making import Making


@dataclass(frozen=True)
class Kind:
    """One kind of act.

    action  as the audit log names it         said  key of `clew.web.frame.said` for afterwards
    """

    action: str
    said: str
    fields: Asking
    make: Making


KINDS: Mapping[str, Kind] = {
    "promise": Kind("make promise", "promise-made", fields.of_promise, making.promise),
    "answer": Kind("note answer", "answer-noted", fields.of_answer, making.answer),
    "question": Kind("ask customer", "question-noted", fields.of_question, making.question),
    "touch": Kind("log touch", "touch-logged", fields.of_touch, making.touch),
    "role": Kind("give role", "role-given", fields.of_role, making.role),
    "owner": Kind("name owner", "owner-named", fields.of_owner, making.owner),
}


@dataclass(frozen=True)
class Words:
    """What a form says of itself."""

    title: str
    lead: str
    button: str


def words_of(kind: str) -> Words:
    """Return what the form of a kind says, in the language that is spoken."""
    return {
        "promise": Words(
            _("Make a promise"),
            _("It stands here and on the list of promises until it is kept, or the customer releases us from it."),
            _("Promise it"),
        ),
        "answer": Words(
            _("Note an answer"),
            _("What the customer told us, so that nobody asks again."),
            _("Note it"),
        ),
        "question": Words(
            _("Ask the customer"),
            _("What we were told already is looked up first. What you ask is noted, so that others see it."),
            _("Look it up and ask"),
        ),
        "touch": Words(
            _("Log a touch"),
            _("A call, a meeting, a note: what no system tells by itself."),
            _("Log it"),
        ),
        "role": Words(
            _("Give a role"),
            _("Who decides, who argues for us, who works with it: what somebody is in decisions about us."),
            _("Save"),
        ),
        "owner": Words(
            _("Name the owner"),
            _("Who answers for this account from now on. The owner and the owning team may act on it."),
            _("Save"),
        ),
    }[kind]
