"""The four questions about a customer, answered in four lines; where it stands is told by its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.context.model import Context, Touch, TouchKind
from clew.texts import gettext as _
from clew.web.queries.accounts_touches import together

LATEST = 3


@dataclass(frozen=True)
class Line:
    """One question.

    latest  the latest touches, with how many alike stand in one       empty  what to say where there are none
    """

    kind: TouchKind
    question: str
    count: int
    latest: Sequence[tuple[Touch, int]]
    empty: str


def four_lines(context: Context) -> Sequence[Line]:
    """Answer the first three; the fourth, where they are, follows from the runs."""
    asked = (
        (TouchKind.ENGAGED, _("What did they engage with?"), _("No content that any source tells of.")),
        (TouchKind.RECEIVED, _("What did they receive?"), _("No message of ours that any source tells of.")),
        (TouchKind.DID, _("What did they do?"), _("Nothing that any source tells of.")),
    )
    return [
        Line(kind, question, context.counts.get(kind, 0), together(context.touches.get(kind, ()), LATEST), empty)
        for kind, question, empty in asked
    ]
