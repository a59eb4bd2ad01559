"""Guess what the columns of a stranger's export mean, and say why.

Everything here is a guess from names and values; the files written from it say so, and the person corrects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clew.ingest import vocabulary
from clew.ingest.guess_columns import pairs
from clew.ingest.guess_model import Finding, Guess
from clew.ingest.guess_rows import RowGuess
from clew.ingest.guessed_names import event_name, kind_name
from clew.ingest.looks import Look
from clew.ingest.sampling import share_constant, take_sample
from clew.sources.entities import DOMAIN
from clew.sources.model import EventSpec, Given


def guess_source(path: Path, *, name: str, now: int) -> Guess:
    """Look at a file and guess what its columns mean. Raises BadInput where it cannot be read."""
    sample = take_sample(path)
    looks = {name: Look(name, column) for name, column in sample.columns.items()}
    return _Guessing(Guess(name, [path], sample), looks, now).run()


class _Guessing(RowGuess):
    """What the columns mean together: what happens in the rows, and what lasts."""

    def run(self) -> Guess:
        self.sort_out_empty()
        times, planned = self.times()
        self.persons()
        self.numbers()
        self.whose(times)
        self._people_inside()
        self._events(times)
        self._lasting(planned)
        self._findings()
        return self.guess

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
        if value and self.number_share(self.looks[value]) <= 0.95:
            value = None  # it would reject the rows whose text is no number; the attribute keeps them
        team, by, channel = (Given(column=column) if column else None for column in (self.team, self.by, self.channel))
        self.guess.events.append(EventSpec(name, at, team=team, by=by, channel=channel, value=value, sequence=sequence))

    def _log_event(self, times: list[Look]) -> None:
        """One event a row, its name from a column."""
        case = self.looks[self.guess.key or ""]
        activity = self.activity or self.find_activity(case)
        assert activity is not None
        self.say(activity, "event", f"{activity.distinct} different values, and they change inside a case")
        name = "{" + activity.name + "}"
        self._only_changes_of_status()
        for look in self.named((*vocabulary.SUB_STATUS, *vocabulary.STATUS)):
            if look.is_few and not look.has(*vocabulary.FORMER) and pairs(activity, look) <= 60:
                self.say(look, "event, second part", f"{look.distinct} different values, refines '{activity.name}'")
                name += " / {" + look.name + "}"
                break
        main, *others = sorted(times, key=lambda look: self._own_time_of_a_row_first(look, case))
        sequence = next((name for name, (meaning, _) in self.meanings.items() if meaning == "sequence"), None)
        value = self.guess.value
        if value and self.guess.key in self.guess.subjects.values():
            value = self._weigh(self.looks[value], case, main)
        self._tell(name, main.name, value=value, sequence=sequence or self._sequence(case))
        for look in others:
            self.say(look, "left out", f"a further time beside '{main.name}'")

    def _own_time_of_a_row_first(self, time: Look, case: Look) -> tuple[int, bool, int]:
        """Sorts first what has most values, then what changes from row to row of a case, then what stands first."""
        same = share_constant(case.column.codes, time.column.codes) > 0.95
        return -time.filled, same, list(self.looks).index(time.name)

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
            if look.is_whole and pairs(case, look) == case.rows:
                self.say(look, "sequence", "a whole number, different in each row of a case")
                return look.name
        return None

    def _wide_events(self, times: list[Look]) -> None:
        """One event for each time column, named after it; a status that only a last time knows names that one."""
        if (named := self._names_the_event(times)) is not None:
            self.say(named, "event", f"{named.distinct} different values: they name what happened")
            self._tell("{" + named.name + "}", times[0].name, value=self.guess.value)
            return
        status = next((look for look in self.named(vocabulary.STATUS) if look.is_few), None)
        times = self._without_edits(times)
        valued = self._valued(times)
        for look in times:
            name = event_name(look.words, self.guess.name)
            if status is not None and len(times) > 1 and self._tells_how_it_ended(status, look, times):
                name = "{" + status.name + "}"
                self.say(status, "event", f"its value names what happened at '{look.name}', and lasts")
            value = self.guess.value if look is valued else None
            self._tell(name, look.name, value=value)

    def _names_the_event(self, times: list[Look]) -> Look | None:
        """A column that is named like an event, where each row has an id of its own and one time."""
        if len(times) != 1 or not self.guess.id:
            return None
        return next((look for look in self.named(vocabulary.ACTIVITY) if look.is_few and look.distinct > 1), None)

    def _without_edits(self, times: list[Look]) -> list[Look]:
        """Without the times of the last edit, where others say what happened."""
        edits = [look for look in times if look.has(*vocabulary.EDITED) and not look.has("by")]
        others = [look for look in times if look not in edits]
        rows_tell_more = any(look.filled < look.rows for look in others)
        if not rows_tell_more:
            return times
        for look in edits:
            self.say(look, "left out", "the time of the last edit, of whatever: it names no event")
        return others

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
            if meaning == "event" and self.guess.form == "wide" and len(self.guess.events) > 1:  # a status lasts too
                self._attribute(self.looks[name], "")

    def _attribute_or_property(self, look: Look) -> None:
        case = self.looks[self.guess.key] if self.guess.key else None
        account = self.looks[self.guess.account[1]] if self.guess.account else None
        numeric = self.number_share(look) > 0.95
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
        is_inside = look.has(*vocabulary.BY) and not look.has(*vocabulary.NO_PERSON)
        hidden = is_personal or of_any_field or is_inside
        return () if hidden else tuple(look.samples())


def _repeats(account: Look) -> bool:
    return account.distinct * 2 <= account.filled
