"""The roles of a buying committee, and which of them a source's own word means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum


class CommitteeRole(StrEnum):
    """What somebody is in the account's decisions about us."""

    DECISION_MAKER = "decision maker"
    CHAMPION = "champion"
    INFLUENCER = "influencer"
    USER = "user"
    PROCUREMENT = "procurement"
    EXECUTIVE_SPONSOR = "executive sponsor"


# What sources write, in the order in which it is looked for: whole words of a title, the more telling ones first. A
# title says less than a role does, so only titles that usually mean one role are here; a person can say otherwise.
_WORDS: Sequence[tuple[CommitteeRole, Sequence[str]]] = (
    (CommitteeRole.EXECUTIVE_SPONSOR, (r"(executive |exec )?sponsor(in)?", r"pat(e|in)")),
    (CommitteeRole.CHAMPION, (r"champion|advocate|ambassador|promoter|coach", r"fürsprecher(in)?")),
    (
        CommitteeRole.PROCUREMENT,
        (
            r"procurement|purchas(ing|er)|buyer|sourcing|commodity",
            r"einkauf|einkäufer(in)?|einkaufsleit(er|erin|ung)|beschaffung",
            r"achats?|acheteu(r|se)|compras|comprador(a)?",
        ),
    ),
    (
        CommitteeRole.USER,
        (
            r"(key |end |power |super )?users?|operator|clerk|agent|dispatcher|technician|foreman",
            r"anwender(in)?|sachbearbeiter(in)?|schichtleiter(in)?|bediener(in)?",
            r"usuari[oa]|utilisat(eur|rice)",
        ),
    ),
    (
        CommitteeRole.INFLUENCER,
        (
            r"influencer|consultant|advis[oe]r|architect|analyst|engineer|specialist|evaluator|controller",
            r"expert(e|in)?|fachexperte|berater(in)?|beeinflusser",
        ),
    ),
    (
        CommitteeRole.DECISION_MAKER,
        (
            r"decision ?maker|decider|entscheider(in)?|c[efimot]o|cpo|cro|cdo|ciso|chief|president|owner|founder",
            r"managing director|vice president|s?vp|director|head|(plant|site|works|general|operations|branch) manager",
            r"geschäftsführ(er|erin|ung)|inhaber(in)?|vorstand|direktor(in)?|leiter(in)?|werk(s)?leiter(in)?",
            r"directeur|directrice|direct(or|ora)",
        ),
    ),
)
_PATTERNS = [(role, re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")) for role, words in _WORDS]
_ROLES = {role.value: role for role in CommitteeRole}
_NOBODY = re.compile(r"\b(assistant|assistenz|secretary|intern|trainee|student|praktikant(in)?|former|ehemalig\w*)\b")


def role_of(text: str | None) -> CommitteeRole | None:
    """Return the role that a word of a source means, None where it means none: "Head of purchasing" is procurement.

    The role's own name wins; else the more telling word of a title does. An assistant to somebody is not that somebody.
    """
    plain = " ".join(re.sub(r"[-_/.]+", " ", (text or "").casefold()).split())
    if plain in _ROLES:
        return _ROLES[plain]
    if not plain or _NOBODY.search(plain):
        return None
    economic = re.search(r"economic buyer|budget (holder|owner)", plain)
    if economic:
        return CommitteeRole.DECISION_MAKER
    return next((role for role, pattern in _PATTERNS if pattern.search(plain)), None)
