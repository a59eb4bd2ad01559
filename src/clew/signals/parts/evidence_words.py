"""What a detector says, as a page says it: things by their own ids, days and moments as people write them."""

from __future__ import annotations

import re

from clew.texts import N_
from clew.texts import gettext as _

MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
_WHEN = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d))?\b")
_THING = re.compile(r"(?<![\w'])([a-z][a-z-]*):(?=[\w-]*\d)")  # a kind before an id, as "ticket:T-12"


def evidence_words(says: str) -> str:
    """'ticket:T-12, opened 2026-11-04 10:14' -> 'Ticket T-12, opened 4 Nov 2026, 10:14'."""
    told = _WHEN.sub(_day_words, _THING.sub(r"\1 ", says))
    return told[:1].upper() + told[1:]


def _day_words(found: re.Match[str]) -> str:
    year, month, day, clock = found.groups()
    if not 1 <= int(month) <= len(MONTHS):
        return found.group()
    words = _("%(day)d %(month)s %(year)s") % {"day": int(day), "month": _(MONTHS[int(month) - 1]), "year": year}
    return words if clock is None else _("%(day)s, %(clock)s") % {"day": words, "clock": clock}
