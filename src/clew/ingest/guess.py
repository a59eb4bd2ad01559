"""Guess what the columns of a stranger's export mean, and say why.

Everything here is a guess from names and values; the files written from it say so, and the person corrects them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_model import Finding, Guess
from clew.ingest.guessed_names import event_name, kind_name
from clew.ingest.looks import Look
from clew.ingest.sampling import share_constant, take_sample
from clew.ingest.timeforms import TimeForm, chosen_order
from clew.sources.model import ContactSpec, EventSpec, Given, Kind


def guess_source(path: Path, *, name: str, now: int) -> Guess:
    """Look at a file and guess what its columns mean. Raises BadInput where it cannot be read."""
    sample = take_sample(path)
    looks = {name: Look(name, column) for name, column in sample.columns.items()}
    return _Guessing(Guess(name, [path], sample), looks, now).run()


class _Guessing:
    """One guess, column by column: whatever has found its meaning is out of the question for the next."""

    def __init__(self, guess: Guess, looks: dict[str, Look], now: int) -> None:
        self.guess, self.looks, self.now = guess, looks, now
        self.meanings: dict[str, tuple[str, str]] = {}

    def run(self) -> Guess:
        self._sort_out_empty()
        times, planned = self._times()
        self._persons()
        self._numbers()
        self._whose(times)
        self._people_inside()
        self._events(times)
        self._lasting(planned)
        self._findings()
        return self.guess

    def _say(self, look: Look, meaning: str, reason: str) -> None:
        self.meanings[look.name] = (meaning, reason)

    def _open(self) -> Iterator[Look]:
        """Columns without a meaning so far."""
        return (look for name, look in self.looks.items() if name not in self.meanings)

    def _named(self, words: Sequence[str]) -> list[Look]:
        """Open columns whose names hold one of these words, the most convincing first."""
        found = [(number, look) for number, word in enumerate(words) for look in self._open() if look.has(word)]
        return list({look.name: look for _, look in sorted(found, key=lambda pair: pair[0])}.values())

    def _sort_out_empty(self) -> None:
        for look in self.looks.values():
            if not look.filled:
                self._say(look, "left out", "always empty")

    # --- times

    def _times(self) -> tuple[list[Look], list[Look]]:
        """Find columns with times: what happened, and what is planned."""
        candidates = [look for look in self._open() if look.times]
        if not candidates:
            return [], []
        form, reason = self._common_form(candidates)
        self.guess.time_format = form
        fitting = [look for look in candidates if self._reads(look, form)]
        for look in candidates:
            if look not in fitting:
                self._say(look, "left out", f"times in another format ({look.times[0].form or 'ISO 8601'})")
                self.guess.remarks.append(
                    f"'{look.name}' is written in another time format than the others; "
                    "a source has one format: give this column a source of its own if it matters"
                )
        planned = [look for look in fitting if look.has(*vocabulary.PLANNED)]
        for look in planned:
            self._say(look, "planned", "a date that is planned, not an event that happened")
        happened = [look for look in fitting if look not in planned]
        for look in happened:
            self._say(look, "time", f"every value is a time ({_said(form)}); {reason}".rstrip("; "))
        return happened, planned

    def _common_form(self, candidates: Sequence[Look]) -> tuple[str | None, str]:
        """The format that reads most columns; where day and month could be swapped, by evidence."""
        counts: dict[TimeForm, int] = {}
        for look in candidates:
            for form in look.times:
                counts[form] = counts.get(form, 0) + look.filled
        best = max(counts, key=lambda form: counts[form])
        if best.other_order is None or counts.get(TimeForm(best.other_order), 0) < counts[best]:
            return best.form, ""
        widest = max(candidates, key=lambda look: look.distinct)
        written, reason = chosen_order(best, widest.column, now=self.now)
        self.guess.remarks.append(f'{reason} (time_format: "{written}")')
        return written, reason

    def _reads(self, look: Look, form: str | None) -> bool:
        return any(one.form == form or one.other_order == form for one in look.times)

    # --- persons

    def _persons(self) -> None:
        """Addresses, names, prose: they go to the person store, never into the log."""
        emails = [look for look in self._open() if look.is_email]
        names = [look for look in self._open() if look.is_person and self._names_a_person_outside(look)]
        if emails:
            email, name = emails[0], names[0] if names else None
            self.guess.contact = ContactSpec(id=email.name, email=email.name, name=name.name if name else None)
            self._say(email, "contact", "e-mail addresses: the person outside; kept in the person store")
            if name:
                self._say(name, "contact's name", "names of persons; kept in the person store")
        for look in list(self._open()):
            if look.is_prose:
                self._personal(look, "reads as text that somebody wrote")
            elif look.is_email or look in names or (look.is_phone and not look.has(*vocabulary.ID, *vocabulary.CASE)):
                self._personal(look, "names or numbers of persons")
            elif emails and look.has(*vocabulary.PERSONAL):
                self._personal(look, "says something of a person")

    def _names_a_person_outside(self, look: Look) -> bool:
        named = look.has(*vocabulary.PERSON_OUTSIDE)
        return named and look.has("name") and look.distinct > 0.3 * look.filled and not look.has("company", "account")

    def _personal(self, look: Look, reason: str) -> None:
        self.guess.personal.append(look.name)
        self._say(look, "personal", f"{reason}: never in the log")

    # --- numbers

    def _numbers(self) -> None:
        """Decimal comma, and the column with an amount of money."""
        commas = [look for look in self._open() if look.number_share(",") > 0.95 > look.number_share(".")]
        if commas:
            self.guess.decimal = ","
            self.guess.remarks.append(f"numbers such as {commas[0].samples(1)[0]} are read with a decimal comma")
        amounts = [look for look in self._named(vocabulary.VALUE) if self._is_amount(look)]
        if amounts:
            self.guess.value = amounts[0].name
            self._say(amounts[0], "value", "numbers, and named like an amount")

    def _is_amount(self, look: Look) -> bool:
        return look.number_share(self.guess.decimal) > 0.95 and not look.has(*vocabulary.ID) and look.distinct > 1

    # --- whose rows they are

    def _whose(self, times: list[Look]) -> None:
        """Find what a row is about (its key), the case of a log, and the account."""
        self.guess.form = "wide" if times else "table"
        unique = self._row_id()
        case = self._case(unique, times)
        if case:
            self.guess.form, self.guess.kind = "log", Kind.EVENTS
            self._key(case, f"repeats: {case.rows:,} rows tell of {case.distinct:,} of them")
            self._log_id(unique, case)
        elif unique:
            self._key(unique, "every row has another value")
            self.guess.id = self._unique_with(unique)
            self.guess.kind = Kind.SNAPSHOT if self.guess.id else Kind.EVENTS
        self._account(case or unique)
        if not self.guess.subjects and not self.guess.account:
            self._make_do()

    def _unique_with(self, key: Look) -> tuple[str, ...]:
        """The columns that identify a row: the key, else with the column that tells equal keys apart, else none."""
        if key.is_unique:
            return (key.name,)
        others = (look for look in self._open() if look.filled == look.rows and self._may_identify(look))
        other = next((look for look in others if _pairs(key, look) == key.rows), None)
        self.guess.remarks.append(f"'{key.name}' repeats in {key.rows - key.distinct:,} rows")
        return (key.name, other.name) if other else ()

    def _row_id(self) -> Look | None:
        """The column that is different in every row."""
        candidates = [look for look in self._open() if look.is_nearly_unique and self._may_identify(look)]
        named = [look for look in candidates if look.has(*vocabulary.ID, *vocabulary.CASE)]
        exact = [look for look in candidates if look.is_unique and (look.is_code or self._is_only_name(look))]
        near = [look for look in named if look.is_unique] or named
        return next(iter([*near, *exact]), None)

    def _is_only_name(self, look: Look) -> bool:
        """The first column of a table without times may be a plain name (of an account)."""
        return look.name == next(iter(self.looks)) and look.has(*vocabulary.ACCOUNT, "name", "product")

    def _may_identify(self, look: Look) -> bool:
        return look.is_whole or look.number_share(self.guess.decimal) < 0.9

    def _case(self, unique: Look | None, times: list[Look]) -> Look | None:
        """The column whose values repeat because each row is one event of it."""
        if not times:
            return None
        candidates = [
            look
            for look in self._named((*vocabulary.CASE, "id"))
            if look.filled == look.rows
            and 1.2 * look.distinct <= look.rows
            and look.distinct >= 0.005 * look.rows
            and self._may_identify(look)
            and not look.has(*vocabulary.BY)
            and self._activity(look) is not None
        ]
        return candidates[0] if candidates else None

    def _activity(self, case: Look) -> Look | None:
        """The column that names the event: few values, and they change inside a case."""
        wanted = [
            look
            for look in self._named((*vocabulary.ACTIVITY, *vocabulary.STATUS, "type"))
            if look is not case and look.is_few
        ]
        changing = [look for look in wanted if share_constant(case.column.codes, look.column.codes) < 0.95]
        return changing[0] if changing else None

    def _key(self, look: Look, reason: str) -> None:
        """Take a column for what the rows are about: an account where it is named like a firm, else a thing."""
        kind = kind_name(look.words)
        if look.has(*vocabulary.RUNNING) and not look.has(*vocabulary.CASE):
            kind = self.guess.name.removesuffix("s")
        self.guess.key = look.name
        if look.has(*vocabulary.ACCOUNT) and not look.has(*vocabulary.CASE):
            self.guess.account = (kind, look.name)
            self._say(look, f"account {kind}", f"{reason}, and named like a firm")
            return
        self.guess.subjects[kind] = look.name
        self._say(look, f"subject {kind}", reason)

    def _log_id(self, unique: Look | None, case: Look) -> None:
        """What identifies a row of a log: a column of its own, or the case with a running number."""
        if unique is not None:
            self.guess.id = (unique.name,)
            self._say(unique, "id", "every row has another value")
            return
        for look in self._named(vocabulary.SEQUENCE):
            if look.is_whole and _pairs(case, look) == case.rows:
                self.guess.id = (case.name, look.name)
                self._say(look, "sequence", f"a whole number, different in each row of a {kind_name(case.words)}")
                return

    def _account(self, key: Look | None) -> None:
        """The firm behind a row: named like one, and found again in other rows."""
        if self.guess.account is not None:
            return
        for look in self._named(vocabulary.ACCOUNT):
            if look.has(*vocabulary.NO_ACCOUNT) or look.distinct < 2 or (look.is_person and not look.is_few):
                continue
            once = look.distinct > 0.9 * min(look.filled, key.distinct if key else look.filled)
            if once and self.guess.form != "table":
                self.guess.remarks.append(f"'{look.name}' could be the account, but each one appears only once")
                continue
            if key is not None and share_constant(key.column.codes, look.column.codes) < 0.9:
                continue
            kind = kind_name(look.words)
            self.guess.account = (kind, look.name)
            self._say(look, f"account {kind}", f"named like a firm; {look.distinct:,} of them")
            return
        self._account_by_domain()

    def _account_by_domain(self) -> None:
        """The domain of addresses, where it tells firms apart."""
        from clew.sources.domains import domain_of, is_free_mail

        contact = self.guess.contact
        if contact is None:
            return
        domains = [domain_of(text) for text in self.looks[contact.id].column.names]
        firms = [domain for domain in domains if domain and not is_free_mail(domain)]
        if len(firms) >= 0.5 * len(domains) and len(set(firms)) >= max(5, len(firms) / 50):
            self.guess.account = ("domain", contact.id)
            self.guess.remarks.append(f"the domain of '{contact.id}' is taken for the account")

    def _make_do(self) -> None:
        """Nothing identifies the rows: take the column that comes nearest."""
        candidates = [look for look in self._open() if self._may_identify(look) and look.filled > 0.9 * look.rows]
        if not candidates:
            return
        look = max(candidates, key=lambda one: one.distinct)
        self._key(look, "nothing identifies a row; this comes nearest")
        self.guess.remarks.append(
            f"nothing in {self.guess.name} says clearly what a row is about; '{look.name}' is taken: please check"
        )

    # --- people inside, channel

    def _people_inside(self) -> None:
        self.team = self._first(vocabulary.TEAM, "team", "named like a team")
        self.by = self._first(vocabulary.BY, "by", "named like a person inside")
        self.channel = self._first(vocabulary.CHANNEL, "channel", "named like a channel", most=50)

    def _first(self, words: Sequence[str], meaning: str, reason: str, *, most: int = 5000) -> str | None:
        for look in self._named(words):
            outside = meaning == "by" and look.has(*vocabulary.NO_PERSON)
            if look.distinct <= most and look.distinct < 0.5 * look.filled and not outside:
                self._say(look, meaning, f"{reason}; {look.distinct:,} different")
                return look.name
        return None

    # --- events

    def _events(self, times: list[Look]) -> None:
        if self.guess.form == "log":
            self._log_event(times)
        else:
            self._wide_events(times)

    def _tell(self, name: str, at: str, *, value: str | None = None, sequence: str | None = None) -> None:
        team, by, channel = (Given(column=column) if column else None for column in (self.team, self.by, self.channel))
        self.guess.events.append(EventSpec(name, at, team=team, by=by, channel=channel, value=value, sequence=sequence))

    def _log_event(self, times: list[Look]) -> None:
        """One event a row, its name from a column."""
        case = self.looks[self.guess.key or ""]
        activity = self._activity(case)
        assert activity is not None
        self._say(activity, "event", f"{activity.distinct} different values, and they change inside a case")
        name = "{" + activity.name + "}"
        for look in self._named((*vocabulary.SUB_STATUS, *vocabulary.STATUS)):
            if look.is_few and _pairs(activity, look) <= 60:
                self._say(look, "event, second part", f"{look.distinct} different values, refines '{activity.name}'")
                name += " / {" + look.name + "}"
                break
        main, *others = sorted(times, key=lambda look: (-look.filled, list(self.looks).index(look.name)))
        sequence = next((name for name, (meaning, _) in self.meanings.items() if meaning == "sequence"), None)
        self._tell(name, main.name, value=self.guess.value, sequence=sequence or self._sequence(case))
        for look in others:
            self._say(look, "left out", f"a further time beside '{main.name}'")

    def _sequence(self, case: Look) -> str | None:
        """A whole number that rises inside each case."""
        for look in self._named(vocabulary.SEQUENCE):
            if look.is_whole and _pairs(case, look) == case.rows:
                self._say(look, "sequence", "a whole number, different in each row of a case")
                return look.name
        return None

    def _wide_events(self, times: list[Look]) -> None:
        """One event for each time column, named after it; a status that only a last time knows names that one."""
        status = next((look for look in self._named(vocabulary.STATUS) if look.is_few), None)
        valued = self._valued(times)
        for look in times:
            name = event_name(look.words, self.guess.name)
            if status is not None and len(times) > 1 and self._tells_how_it_ended(status, look, times):
                name = "{" + status.name + "}"
                self._say(status, "event", f"its value names what happened at '{look.name}', and lasts")
            value = self.guess.value if look is valued else None
            self._tell(name, look.name, value=value)

    def _valued(self, times: list[Look]) -> Look | None:
        """The time that an amount belongs to: one that shares a word with it, else the first."""
        if self.guess.value is None or not times:
            return None
        words = set(self.looks[self.guess.value].words)
        return next((look for look in times if words & set(look.words)), times[0])

    def _tells_how_it_ended(self, status: Look, time: Look, times: list[Look]) -> bool:
        """Whether the time is the last one and filled just for some (two or more, not all) of the statuses."""
        if time is not times[-1]:
            return False
        filled = ~time.column.empty
        at_all = np.bincount(status.column.codes[status.column.codes >= 0], minlength=status.distinct)
        with_time = np.bincount(status.column.codes[(status.column.codes >= 0) & filled], minlength=status.distinct)
        shares = with_time / np.maximum(at_all, 1)
        full, none = int(np.count_nonzero(shares > 0.98)), int(np.count_nonzero(shares < 0.02))
        return full >= 2 and none >= 1 and full + none == status.distinct

    # --- what lasts, what is kept

    def _lasting(self, planned: list[Look]) -> None:
        for look in planned:
            self._attribute(look, "a date that is planned, not an event that happened")
        for look in self._named((*vocabulary.CASE, *vocabulary.ACCOUNT)):
            if look.is_code and look.distinct > 0.5 * look.filled and not look.is_whole and self.guess.form != "table":
                self.guess.subjects.setdefault(kind_name(look.words), look.name)
                self._say(look, f"subject {kind_name(look.words)}", "reads as an id, and is named like one")
        if self.guess.value and self.guess.form != "log":
            self._attribute(self.looks[self.guess.value], "")
        for look in list(self._open()):
            self._attribute_or_property(look)
        for name, (meaning, _) in list(self.meanings.items()):
            if meaning == "event" and self.guess.form == "wide":
                self._attribute(self.looks[name], "")

    def _attribute_or_property(self, look: Look) -> None:
        case = self.looks[self.guess.key] if self.guess.key else None
        account = self.looks[self.guess.account[1]] if self.guess.account else None
        numeric = look.number_share(self.guess.decimal) > 0.95
        if look.has(*vocabulary.SCORE) and numeric and self.guess.form != "table":
            self.guess.properties.append(look.name)
            self._say(look, "property", "reads as a score; kept with each event")
        elif not look.is_few and not numeric and look.distinct > 1000:
            self._say(look, "left out", f"{look.distinct:,} different values: nothing to group by")
        elif (
            account is not None and _repeats(account) and share_constant(account.column.codes, look.column.codes) > 0.98
        ):
            self.guess.attributes[look.name] = (look.name, None)
            self._say(look, "attribute of the account", "always the same for one account")
        elif case is not None and self.guess.form != "log":
            self._attribute(look, "says something of the whole row")
        elif case is not None and share_constant(case.column.codes, look.column.codes) > 0.98:
            self._attribute(look, f"always the same inside one {kind_name(case.words)}")
        else:
            self.guess.properties.append(look.name)
            self._say(look, "property", "kept with each event")

    def _attribute(self, look: Look, reason: str) -> None:
        """An attribute of what the row is about, else of the account."""
        whose = next((kind for kind, column in self.guess.subjects.items() if column == self.guess.key), None)
        if self.guess.account and self.guess.account[1] == self.guess.key:
            whose = None
        elif whose is None and self.guess.account is None:
            self._say(look, "left out", "nobody to say it of")
            return
        self.guess.attributes[look.name] = (look.name, whose)
        if reason:
            self._say(look, f"attribute of the {whose or 'account'}", reason)

    def _findings(self) -> None:
        self.guess.findings = [
            Finding(name, *self.meanings.get(name, ("left out", "no meaning found")), tuple(look.samples()))
            for name, look in self.looks.items()
        ]


def _pairs(one: Look, other: Look) -> int:
    """How many different pairs two columns make."""
    return len(np.unique(one.column.codes.astype(np.int64) << 32 | (other.column.codes.astype(np.int64) + 1)))


def _repeats(account: Look) -> bool:
    return account.distinct * 2 <= account.filled


def _said(form: str | None) -> str:
    return form or "ISO 8601"
