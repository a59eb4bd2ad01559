"""Whose rows they are: what a row is about, the case or the account of a log, the firm behind it."""

from __future__ import annotations

from collections.abc import Sequence

from clew.ingest import vocabulary
from clew.ingest.guess_columns import ColumnGuess, pairs
from clew.ingest.guessed_names import kind_name, singular
from clew.ingest.looks import Look
from clew.ingest.sampling import share_constant
from clew.sources.domains import domain_of, is_free_mail
from clew.sources.entities import DOMAIN
from clew.sources.model import Kind

_RECORDS = ("event", "log", "history", "activity", "touch", "message")


class RowGuess(ColumnGuess):
    """What identifies the rows, and to whom they belong."""

    activity: Look | None = None

    def whose(self, times: list[Look]) -> None:
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
        other = next((look for look in others if pairs(key, look) == key.rows), None)
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
        return look.is_whole or self.number_share(look) < 0.9

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
            and self.find_activity(look) is not None
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
            self.activity = self.find_activity(look, vocabulary.ACTIVITY, changing=not of_records) if repeats else None
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

    def find_activity(
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
            if look.is_whole and pairs(case, look) == case.rows:
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
