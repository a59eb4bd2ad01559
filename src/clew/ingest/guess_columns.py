"""What single columns of an export hold: times, persons, amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_model import Guess
from clew.ingest.looks import Look
from clew.ingest.timeforms import TimeForm, chosen_order
from clew.sources.model import ContactSpec
from clew.sources.numbers import ungrouped

_MOST_AMOUNTS = 0.5  # share of values from which a column is one of amounts in groups
_WRITINGS = ((".", ","), (",", "."), (",", " "), (".", "'"), (".", " "), (",", "'"))  # decimal, thousands; usual first


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
            elif look.is_phone and not look.has(*vocabulary.ID, *vocabulary.CASE, *vocabulary.VALUE):
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
        """Decimal comma, groups of three digits, and the column with an amount of money."""
        commas = [look for look in self.open() if look.number_share(",") > 0.95 > look.number_share(".")]
        self._find_groups(settled=any(look.number_share(".", ",") <= 0.95 for look in commas))
        if commas and self.guess.thousands is None:
            self.guess.decimal = ","
            self.guess.remarks.append(f"numbers such as {commas[0].samples(1)[0]} are read with a decimal comma")
        named = self.named(vocabulary.VALUE)
        money = [look for look in self.open() if look.is_money and look not in named]
        amounts = [look for look in (*named, *money) if self._is_amount(look)]
        if amounts:
            self.guess.value = amounts[0].name
            reason = "numbers, and named like an amount" if amounts[0] in named else "amounts with a currency"
            self.say(amounts[0], "value", reason)

    def number_share(self, look: Look) -> float:
        """Share of values that are numbers as the source writes them."""
        return look.number_share(self.guess.decimal, self.guess.thousands)

    def _is_amount(self, look: Look) -> bool:
        least = 0.95 if self.guess.thousands is None else _MOST_AMOUNTS
        return self.number_share(look) > least and not look.has(*vocabulary.ID) and look.distinct > 1

    def _find_groups(self, *, settled: bool) -> None:
        """Find out which sign stands between groups of three digits, from the first column that shows it.

        settled  another column leaves no doubt that the comma is the decimal mark
        """
        writings = [(decimal, sign) for decimal, sign in _WRITINGS if decimal == "," or not settled]
        for look in dict.fromkeys([*self.named(vocabulary.VALUE), *self.open()]):
            if look.has(*vocabulary.ID) or look.holding_share("0123456789") <= _MOST_AMOUNTS:
                continue
            decimal, sign = max(writings, key=lambda writing: look.number_share(*writing))
            if self._is_grouped(look, decimal, sign, plain="," if settled else "."):
                self.guess.decimal, self.guess.thousands = decimal, sign
                self._say_groups(look, decimal, sign)
                return

    def _is_grouped(self, look: Look, decimal: str, sign: str, *, plain: str) -> bool:
        """Whether groups explain more of a column than plain numbers; 1,250 is a fraction only where no amount is."""
        share = look.number_share(decimal, sign)
        if share <= max(_MOST_AMOUNTS, look.number_share(plain)) or share < look.number_share(","):
            return False
        if look.has(*vocabulary.VALUE):
            return True
        shown = look.is_money or (look.holding_share(sign) > _MOST_AMOUNTS and not look.has(*vocabulary.CASE))
        return shown and share > look.number_share(",")

    def _say_groups(self, look: Look, decimal: str, sign: str) -> None:
        example = next(text for text in look.values if ungrouped(text, decimal, sign) is not None)
        between = "a space" if sign == " " else f'"{sign}"'
        others = 1 - look.number_share(decimal, sign)
        rest = f"; {others:.0%} of the values of '{look.name}' are no such amounts and stay text" if others else ""
        self.guess.remarks.append(
            f'amounts such as {example.strip()} are read with {between} between thousands and "{decimal}" before '
            f"decimals, and a currency is dropped, not converted{rest}"
        )


def _said(form: str | None) -> str:
    return form or "ISO 8601"


def pairs(one: Look, other: Look) -> int:
    """How many different pairs two columns make."""
    return len(np.unique(one.column.codes.astype(np.int64) << 32 | (other.column.codes.astype(np.int64) + 1)))
