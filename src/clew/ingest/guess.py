"""Guess what the columns of a stranger's export mean, and say why.

Everything here is a guess from names and values; the files written from it say so, and the person corrects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_columns import ColumnGuess
from clew.ingest.guess_model import Finding, Guess
from clew.ingest.guessed_names import event_name, kind_name, singular
from clew.ingest.looks import Look
from clew.ingest.sampling import share_constant, take_sample
from clew.sources.domains import domain_of, is_free_mail
from clew.sources.entities import DOMAIN
from clew.sources.model import EventSpec, Given, Kind

_RECORDS = ("event", "log", "history", "activity", "touch", "message")


def guess_source(path: Path, *, name: str, now: int) -> Guess:
    """Look at a file and guess what its columns mean. Raises BadInput where it cannot be read."""
    sample = take_sample(path)
    looks = {name: Look(name, column) for name, column in sample.columns.items()}
    return _Guessing(Guess(name, [path], sample), looks, now).run()


class _Guessing(ColumnGuess):
    """What the columns mean together: whose rows they are, what happens in them, what lasts."""

    activity: Look | None = None

    def run(self) -> Guess:
        self.sort_out_empty()
        times, planned = self.times()
        self.persons()
        self.numbers()
        self._whose(times)
        self._people_inside()
        self._events(times)
        self._lasting(planned)
        self._findings()
        return self.guess

    # --- whose rows they are

    def _whose(self, times: list[Look]) -> None:
        """Find what a row is about (its key), the case of a log, and the account."""
        self.guess.form = "wide" if times else "table"
        unique = self._row_id()
        is_thing = unique is not None and not unique.has(*_RECORDS) and self._is_thing(unique, times)
        case = self._case(times) if not is_thing else None
        is_record = unique is not None and unique.has(*_RECORDS)
        actor = self._actor(times, of_records=is_record) if not is_thing and case is None else None
        if case:
            self.guess.form, self.guess.kind = "log", Kind.EVENTS
            self._key(case, f"repeats: {case.rows:,} rows tell of {case.distinct:,} of them")
            self._log_id(unique, case)
        elif actor:
            self.guess.form, self.guess.kind = "log", Kind.EVENTS
            self._act(actor)
            self._log_id(unique, actor)
        elif unique:
            self._key(unique, "every row has another value")
            self.guess.id = self._unique_with(unique)
        self._account(case or actor or unique)
        if unique and unique.name == self.guess.key and unique.has(*_RECORDS) and self.guess.account:
            self._only_id(unique)
        self.guess.kind = self.guess.kind if self.guess.id else Kind.EVENTS
        if not self.guess.subjects and not self.guess.account:
            self._make_do()

    def _is_thing(self, unique: Look, times: list[Look]) -> bool:
        """Whether each row is a thing: named like one, or some of its times are still to come."""
        waits = len(times) > 1 and any(look.filled < 0.98 * look.rows for look in times)
        return unique.has(*vocabulary.CASE) or (waits and unique.has(*vocabulary.ID))

    def _only_id(self, unique: Look) -> None:
        """The id of an event names no thing that could have a journey of its own."""
        self.guess.subjects = {kind: column for kind, column in self.guess.subjects.items() if column != unique.name}
        self.guess.key = None
        self.say(unique, "id", "every row has another value")

    def _unique_with(self, key: Look) -> tuple[str, ...]:
        """The columns that identify a row: the key, else with the column that tells equal keys apart, else none."""
        if key.is_unique:
            return (key.name,)
        others = (look for look in self.open() if look.filled == look.rows and self._may_identify(look))
        other = next((look for look in others if _pairs(key, look) == key.rows), None)
        self.guess.remarks.append(f"'{key.name}' repeats in {key.rows - key.distinct:,} rows")
        return (key.name, other.name) if other else ()

    def _row_id(self) -> Look | None:
        """The column that is different in every row."""
        candidates = [look for look in self.open() if look.is_nearly_unique and self._may_identify(look)]
        named = [look for look in candidates if look.has(*vocabulary.ID, *vocabulary.CASE)]
        exact = [look for look in candidates if look.is_unique and (look.is_code or self._is_only_name(look))]
        near = [look for look in named if look.is_unique] or named
        return next(iter([*near, *exact]), None)

    def _is_only_name(self, look: Look) -> bool:
        """The first column of a table without times may be a plain name (of an account)."""
        return look.name == next(iter(self.looks)) and look.has(*vocabulary.ACCOUNT, "name", "product")

    def _may_identify(self, look: Look) -> bool:
        return look.is_whole or look.number_share(self.guess.decimal) < 0.9

    def _case(self, times: list[Look]) -> Look | None:
        """The column whose values repeat because each row is one event of it."""
        if not times:
            return None
        candidates = [
            look
            for look in self.named((*vocabulary.CASE, "id"))
            if look.filled == look.rows
            and 1.2 * look.distinct <= look.rows
            and look.distinct >= 0.005 * look.rows
            and self._may_identify(look)
            and not look.has(*vocabulary.BY)
            and self._activity(look) is not None
        ]
        return candidates[0] if candidates else None

    def _actor(self, times: list[Look], *, of_records: bool) -> Look | None:
        """The account or the address whose acts a log tells of, where it knows no case.

        of_records  the rows have ids of events: then one kind of event may be all that an account does
        """
        if not times:
            return None
        firms = [look for look in self.named(vocabulary.ACCOUNT) if not look.has(*vocabulary.NO_ACCOUNT)]
        contact = [self.looks[self.guess.contact.id]] if self.guess.contact else []
        for look in (*firms, *contact):
            repeats = 1.2 * look.distinct <= look.filled and look.filled > 0.9 * look.rows
            self.activity = self._activity(look, vocabulary.ACTIVITY, changing=not of_records) if repeats else None
            if self.activity is not None:
                return look
        return None

    def _act(self, actor: Look) -> None:
        reason = f"repeats: {actor.rows:,} rows tell of {actor.distinct:,} of them"
        if self.guess.contact is None or actor.name != self.guess.contact.id:
            self._key(actor, reason)
            return
        self.guess.key = actor.name
        self.guess.account = (DOMAIN, actor.name)
        self.guess.remarks.append(f"the domain of '{actor.name}' is taken for the account; free-mail gives none")

    def _activity(
        self,
        case: Look,
        words: Sequence[str] = (*vocabulary.ACTIVITY, *vocabulary.STATUS, "type"),
        *,
        changing: bool = True,
    ) -> Look | None:
        """The column that names the event: few values, and (`changing`) they change inside a case."""
        told = [look for look in self.named(words) if look is not case and look.is_few]
        wanted = [look for look in told if not look.has(*vocabulary.FORMER)] + self._changed_to(case)
        limit = 0.95 if changing else 2.0
        return next((look for look in wanted if share_constant(case.column.codes, look.column.codes) < limit), None)

    def _changed_to(self, case: Look) -> list[Look]:
        """The column with the new value, where another one holds the former value."""
        if not any(look.has(*vocabulary.FORMER) for look in self.looks.values()):
            return []
        return [
            look for look in self.named(vocabulary.LATTER) if look is not case and look.distinct < 0.5 * look.filled
        ]

    def _key(self, look: Look, reason: str) -> None:
        """Take a column for what the rows are about: an account where it is named like a firm, else a thing."""
        kind = kind_name(look.parts)
        says_little = {*vocabulary.ID, *vocabulary.RUNNING}.issuperset(map(vocabulary.plain, look.parts))
        if says_little:
            kind = singular(self.guess.name)
        self.guess.key = look.name
        if look.has(*vocabulary.ACCOUNT) and not look.has(*vocabulary.CASE):
            self.guess.account = (kind, look.name)
            self.say(look, f"account {kind}", f"{reason}, and named like a firm")
            return
        self.guess.subjects[kind] = look.name
        self.say(look, f"subject {kind}", reason)

    def _log_id(self, unique: Look | None, case: Look) -> None:
        """What identifies a row of a log: a column of its own, or the case with a running number."""
        if unique is not None:
            self.guess.id = (unique.name,)
            self.say(unique, "id", "every row has another value")
            return
        for look in self.named(vocabulary.SEQUENCE):
            if look.is_whole and _pairs(case, look) == case.rows:
                self.guess.id = (case.name, look.name)
                self.say(look, "sequence", f"a whole number, different in each row of a {kind_name(case.parts)}")
                return

    def _account(self, key: Look | None) -> None:
        """The firm behind a row: named like one, and found again in other rows."""
        if self.guess.account is not None:
            return
        for look in self.named(vocabulary.ACCOUNT):
            if look.has(*vocabulary.NO_ACCOUNT) or look.distinct < 2 or (look.is_person and not look.is_few):
                continue
            once = look.distinct > 0.9 * min(look.filled, key.distinct if key else look.filled)
            if once and self.guess.form != "table":
                self.guess.remarks.append(f"'{look.name}' could be the account, but each one appears only once")
                continue
            if key is not None and share_constant(key.column.codes, look.column.codes) < 0.9:
                continue
            kind = kind_name(look.parts)
            self.guess.account = (kind, look.name)
            self.say(look, f"account {kind}", f"named like a firm; {look.distinct:,} of them")
            return
        self._account_by_domain()

    def _account_by_domain(self) -> None:
        """The domain of addresses, where it tells firms apart."""
        contact = self.guess.contact
        if contact is None:
            return
        domains = [domain_of(text) for text in self.looks[contact.id].column.names]
        firms = [domain for domain in domains if domain and not is_free_mail(domain)]
        if len(firms) >= 0.5 * len(domains) and len(set(firms)) >= max(5, len(firms) / 50):
            self.guess.account = (DOMAIN, contact.id)
            self.guess.remarks.append(f"the domain of '{contact.id}' is taken for the account")

    def _make_do(self) -> None:
        """Nothing identifies the rows: take the column that comes nearest."""
        candidates = [look for look in self.open() if self._may_identify(look) and look.filled > 0.9 * look.rows]
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
        for look in self.named(words):
            outside = meaning == "team" and self._is_of_the_customer(look)
            outside = outside or (meaning == "by" and look.has(*vocabulary.NO_PERSON))
            if look.distinct <= most and look.distinct < 0.5 * look.filled and not outside:
                self.say(look, meaning, f"{reason}; {look.distinct:,} different")
                return look.name
        return None

    def _is_of_the_customer(self, look: Look) -> bool:
        """Whether a group is one of customers, as in Kundengruppe."""
        return look.has(*vocabulary.ACCOUNT, *vocabulary.PERSON_OUTSIDE) and not look.has("team")

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
        activity = self.activity or self._activity(case)
        assert activity is not None
        self.say(activity, "event", f"{activity.distinct} different values, and they change inside a case")
        name = "{" + activity.name + "}"
        self._only_changes_of_status()
        for look in self.named((*vocabulary.SUB_STATUS, *vocabulary.STATUS)):
            if look.is_few and not look.has(*vocabulary.FORMER) and _pairs(activity, look) <= 60:
                self.say(look, "event, second part", f"{look.distinct} different values, refines '{activity.name}'")
                name += " / {" + look.name + "}"
                break
        main, *others = sorted(times, key=lambda look: (-look.filled, list(self.looks).index(look.name)))
        sequence = next((name for name, (meaning, _) in self.meanings.items() if meaning == "sequence"), None)
        value = self.guess.value
        if value and self.guess.key in self.guess.subjects.values():
            value = self._weigh(self.looks[value], case, main)
        self._tell(name, main.name, value=value, sequence=sequence or self._sequence(case))
        for look in others:
            self.say(look, "left out", f"a further time beside '{main.name}'")

    def _weigh(self, value: Look, case: Look, main: Look) -> str | None:
        """Say the amount of a case as what lasts; return its column where each event has one of its own."""
        self._attribute(value, "")
        if share_constant(case.column.codes, value.column.codes) > 0.98:
            self.say(value, "value", "named like an amount; the same inside a case")
            return None
        self.say(value, "value", "named like an amount; changes inside a case")
        self.guess.dated[value.name] = main.name
        return value.name

    def _only_changes_of_status(self) -> None:
        """Of a log of all changed fields only those of the status are events."""
        for look in self.named(vocabulary.CHANGED_FIELD):
            values = [text for text in look.column.names if vocabulary.plain(text) in vocabulary.STATUS]
            if look.is_few and values and look.distinct > 1:
                self.guess.only = (look.name, values[0])
                self.say(look, "event, which rows", f"rows with '{values[0]}' here are events, other changes are none")
                return

    def _sequence(self, case: Look) -> str | None:
        """A whole number that rises inside each case."""
        for look in self.named(vocabulary.SEQUENCE):
            if look.is_whole and _pairs(case, look) == case.rows:
                self.say(look, "sequence", "a whole number, different in each row of a case")
                return look.name
        return None

    def _wide_events(self, times: list[Look]) -> None:
        """One event for each time column, named after it; a status that only a last time knows names that one."""
        status = next((look for look in self.named(vocabulary.STATUS) if look.is_few), None)
        valued = self._valued(times)
        for look in times:
            name = event_name(look.words, self.guess.name)
            if status is not None and len(times) > 1 and self._tells_how_it_ended(status, look, times):
                name = "{" + status.name + "}"
                self.say(status, "event", f"its value names what happened at '{look.name}', and lasts")
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
        for look in self.named((*vocabulary.CASE, *vocabulary.ACCOUNT)):
            if look.is_code and look.distinct > 0.5 * look.filled and not look.is_whole and self.guess.form != "table":
                self.guess.subjects.setdefault(kind_name(look.parts), look.name)
                self.say(look, f"subject {kind_name(look.parts)}", "reads as an id, and is named like one")
        if self.guess.value and self.guess.form != "log":
            self._attribute(self.looks[self.guess.value], "")
        for look in list(self.open()):
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
            self.say(look, "property", "reads as a score; kept with each event")
        elif not look.is_few and not numeric and look.distinct > 1000:
            self.say(look, "left out", f"{look.distinct:,} different values: nothing to group by")
        elif (
            account is not None and _repeats(account) and share_constant(account.column.codes, look.column.codes) > 0.98
        ):
            self.guess.attributes[look.name] = (look.name, None)
            self.say(look, "attribute of the account", "always the same for one account")
        elif case is not None and self.guess.form != "log":
            self._attribute(look, "says something of the whole row")
        elif case is not None and not self._by_domain and share_constant(case.column.codes, look.column.codes) > 0.98:
            self._attribute(look, f"always the same inside one {kind_name(case.parts)}")
        else:
            self.guess.properties.append(look.name)
            self.say(look, "property", "kept with each event")

    @property
    def _by_domain(self) -> bool:
        """Whether many addresses make one account: what is said of an address is not said of the account."""
        return self.guess.account is not None and self.guess.account[0] == DOMAIN

    def _attribute(self, look: Look, reason: str) -> None:
        """An attribute of what the row is about, else of the account."""
        whose = next((kind for kind, column in self.guess.subjects.items() if column == self.guess.key), None)
        if self.guess.account and self.guess.account[1] == self.guess.key:
            whose = None
        elif whose is None and self.guess.account is None:
            self.say(look, "left out", "nobody to say it of")
            return
        self.guess.attributes[look.name] = (look.name, whose)
        if reason:
            self.say(look, f"attribute of the {whose or 'account'}", reason)

    def _findings(self) -> None:
        self.guess.findings = [
            Finding(name, *self.meanings.get(name, ("left out", "no meaning found")), self._samples(look))
            for name, look in self.looks.items()
        ]

    def _samples(self, look: Look) -> tuple[str, ...]:
        """A few values to show; none of what tells of a person, outside or inside."""
        meaning, _ = self.meanings.get(look.name, ("", ""))
        is_personal = meaning.startswith(("contact", "personal")) or look.has_addresses
        of_any_field = self.guess.only is not None and look.has(*vocabulary.FORMER, *vocabulary.LATTER)
        hidden = is_personal or of_any_field or look.has(*vocabulary.BY)
        return () if hidden else tuple(look.samples())


def _pairs(one: Look, other: Look) -> int:
    """How many different pairs two columns make."""
    return len(np.unique(one.column.codes.astype(np.int64) << 32 | (other.column.codes.astype(np.int64) + 1)))


def _repeats(account: Look) -> bool:
    return account.distinct * 2 <= account.filled
