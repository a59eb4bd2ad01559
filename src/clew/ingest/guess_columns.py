"""What single columns of an export hold: times, persons, amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_model import Guess
from clew.ingest.looks import Look
from clew.ingest.timeforms import TimeForm, chosen_order
from clew.sources.model import ContactSpec


class ColumnGuess:
    """A guess in the making: whatever has found its meaning is out of the question for the next.

    meanings  column -> (what it is taken for, why)
    """

    def __init__(self, guess: Guess, looks: dict[str, Look], now: int) -> None:
        self.guess, self.looks, self.now = guess, looks, now
        self.meanings: dict[str, tuple[str, str]] = {}

    def say(self, look: Look, meaning: str, reason: str) -> None:
        self.meanings[look.name] = (meaning, reason)

    def open(self) -> Iterator[Look]:
        """Columns without a meaning so far."""
        return (look for name, look in self.looks.items() if name not in self.meanings)

    def named(self, words: Sequence[str]) -> list[Look]:
        """Open columns whose names hold one of these words, the most convincing first."""
        found = [(number, look) for number, word in enumerate(words) for look in self.open() if look.has(word)]
        return list({look.name: look for _, look in sorted(found, key=lambda pair: pair[0])}.values())

    def sort_out_empty(self) -> None:
        for look in self.looks.values():
            if not look.filled:
                self.say(look, "left out", "always empty")

    # --- times

    def times(self) -> tuple[list[Look], list[Look]]:
        """Find columns with times: what happened, and what is planned."""
        candidates = [look for look in self.open() if look.times and not look.has(*vocabulary.BIRTH)]
        if not candidates:
            return [], []
        form, reason = self._common_form(candidates)
        self.guess.time_format = form
        fitting = [look for look in candidates if self._reads(look, form)]
        for look in candidates:
            if look not in fitting:
                self.say(look, "left out", f"times in another format ({look.times[0].form or 'ISO 8601'})")
                self.guess.remarks.append(
                    f"'{look.name}' is written in another time format than the others; "
                    "a source has one format: give this column a source of its own if it matters"
                )
        planned = [look for look in fitting if look.has(*vocabulary.PLANNED)]
        for look in planned:
            self.say(look, "planned", "a date that is planned, not an event that happened")
        happened = [look for look in fitting if look not in planned]
        for look in happened:
            self.say(look, "time", f"every value is a time ({_said(form)}); {reason}".rstrip("; "))
        return happened, planned

    def _common_form(self, candidates: Sequence[Look]) -> tuple[str | None, str]:
        """The format that reads most columns; where day and month could be swapped, by evidence."""
        counts: dict[TimeForm, int] = {}
        for look in candidates:
            for form in look.times:
                counts[form] = counts.get(form, 0) + look.filled
        best = max(counts, key=lambda form: (counts[form], form.has_clock))
        if best.other_order is None or counts.get(TimeForm(best.other_order), 0) < counts[best]:
            return best.form, ""
        widest = max(candidates, key=lambda look: look.distinct)
        written, reason = chosen_order(best, widest.column, now=self.now)
        self.guess.remarks.append(f'{reason} (time_format: "{written}")')
        return written, reason

    def _reads(self, look: Look, form: str | None) -> bool:
        return any(one.form == form or one.other_order == form for one in look.times)

    # --- persons

    def persons(self) -> None:
        """Addresses, names, prose: they go to the person store, never into the log."""
        emails = [look for look in self.open() if look.is_email]
        outside = [look for look in emails if not look.has(*vocabulary.BY) or look.has(*vocabulary.PERSON_OUTSIDE)]
        names = [look for look in self.open() if look not in emails and self._names_a_person_outside(look)]
        if outside:
            self._contact(outside[0], names[0] if names else None)
        for look in list(self.open()):
            if look.is_prose and not look.is_email:
                self._personal(look, "reads as text that somebody wrote")
            elif look.has_addresses:
                self._personal(look, "holds e-mail addresses")
            elif look.has(*vocabulary.ADDRESS):
                self._personal(look, "named like an address or a telephone number")
            elif look in names:
                self._personal(look, "names of persons")
            elif look.is_phone and not look.has(*vocabulary.ID, *vocabulary.CASE):
                self._personal(look, "telephone numbers")
            elif look.has(*vocabulary.PROSE) and not look.is_few:
                self._personal(look, "named like a text that somebody wrote")
            elif look.has(*vocabulary.BIRTH) or (emails and look.has(*vocabulary.PERSONAL)):
                self._personal(look, "says something of a person")

    def _contact(self, email: Look, name: Look | None) -> None:
        self.guess.contact = ContactSpec(id=email.name, email=email.name, name=name.name if name else None)
        self.say(email, "contact", "e-mail addresses: the person outside; kept in the person store")
        if name:
            self.say(name, "contact's name", "names of persons; kept in the person store")

    def _names_a_person_outside(self, look: Look) -> bool:
        """By the name of the column alone where it leaves no doubt, else where the values are no names of firms."""
        if look.is_code and look.has(*vocabulary.ID):
            return False
        if look.has(*vocabulary.PERSON_NAME) or look.is_named(*vocabulary.PERSON_ALONE):
            return True
        if not look.has(*vocabulary.PERSON_OUTSIDE) or look.has(*vocabulary.NO_PERSON) or not look.is_person:
            return False
        certain = look.has(*vocabulary.PERSON_ASKING, *vocabulary.NAME)
        return not look.names_firms and (certain or not look.is_few)

    def _personal(self, look: Look, reason: str) -> None:
        self.guess.personal.append(look.name)
        self.say(look, "personal", f"{reason}: never in the log")

    # --- numbers

    def numbers(self) -> None:
        """Decimal comma, and the column with an amount of money."""
        commas = [look for look in self.open() if look.number_share(",") > 0.95 > look.number_share(".")]
        if commas:
            self.guess.decimal = ","
            self.guess.remarks.append(f"numbers such as {commas[0].samples(1)[0]} are read with a decimal comma")
        amounts = [look for look in self.named(vocabulary.VALUE) if self._is_amount(look)]
        if amounts:
            self.guess.value = amounts[0].name
            self.say(amounts[0], "value", "numbers, and named like an amount")

    def _is_amount(self, look: Look) -> bool:
        return look.number_share(self.guess.decimal) > 0.95 and not look.has(*vocabulary.ID) and look.distinct > 1


def _said(form: str | None) -> str:
    return form or "ISO 8601"


def pairs(one: Look, other: Look) -> int:
    """How many different pairs two columns make."""
    return len(np.unique(one.column.codes.astype(np.int64) << 32 | (other.column.codes.astype(np.int64) + 1)))
