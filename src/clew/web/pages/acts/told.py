"""What a form or a call says, read field by field; what is wrong is gathered, so that all of it is said at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from clew.errors import ClewError, nearest_name
from clew.texts import gettext as _

LONGEST = 2_000  # characters of a text, as clew.acts.recording takes them
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2100, 12, 31)  # the log holds no time before 1970 UTC
_NAMED = 12  # allowed values that an error lists


class WrongFields(ClewError):
    """Some fields cannot be used like this."""

    code = "wrong-fields"

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = wrong
        super().__init__("; ".join(f"{name}: {says}" for name, says in wrong.items()))


@dataclass(frozen=True)
class Told:
    """The fields that were sent, and what is wrong with them: name -> sentence."""

    said: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, needed: str = "", longest: int = LONGEST) -> str:
        """Return a text. needed  what to ask for where it is missing, "" where it may be"""
        text = self.said.get(name, "").strip().replace("\r\n", "\n")
        if not text and needed:
            self.wrong[name] = needed
        if len(text) > longest:
            words = {"count": f"{len(text):,}", "most": f"{longest:,}"}
            self.wrong[name] = _("%(count)s characters are too many; at most %(most)s.") % words
        return text

    def one_of(self, name: str, allowed: Collection[str], *, needed: str = "") -> str:
        """Return one of some values, "" where none is told."""
        text = self.text(name, needed=needed)
        if text and text not in allowed:
            self.wrong[name] = _unknown(text, allowed)
        return text

    def day(self, name: str) -> date | None:
        """Return a day, written as 2026-03-31; None where none is told."""
        text = self.text(name)
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong[name] = _("“%(text)s” is no day; write it as 2026-03-31.") % {"text": text[:40]}
            return None
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            words = {"day": text[:40], "first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
            self.wrong[name] = _("%(day)s lies outside of %(first)s to %(last)s.") % words
            return None
        return day

    def is_checked(self, name: str) -> bool:
        """Whether something was said yes to."""
        return self.text(name) in ("yes", "true")

    def check(self) -> None:
        """Refuse where anything is wrong. Raises WrongFields."""
        if self.wrong:
            raise WrongFields(self.wrong)


def _unknown(text: str, allowed: Collection[str]) -> str:
    listed = ", ".join(list(allowed)[:_NAMED]) or _("none yet")
    nearest = nearest_name(text, allowed)
    words = {"text": text[:80], "allowed": listed, "nearest": nearest}
    if nearest:
        return _("“%(text)s” is not known; did you mean “%(nearest)s”? Known: %(allowed)s.") % words
    return _("“%(text)s” is not known; known: %(allowed)s.") % words
