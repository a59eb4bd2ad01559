"""An event that could not be used, and what would become of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_

from clew.db.tables import rejected
from clew.errors import BadRequest, ClewError
from clew.ingest.wires.model import Why
from clew.live.model import RejectedState

AT_ONCE = 1_000  # events that are read or named together


class NoSuchEvent(ClewError):
    """There is no rejected event of this number."""

    code = "no-such-event"


@dataclass(frozen=True)
class Chosen:
    """Which of the waiting events: these numbers, or all of a source, of a reason, of both.

    Raises BadRequest where nothing is said, or the reason is none
    """

    numbers: Collection[int] | None = None
    source: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.numbers is None and self.source is None and self.reason is None:
            raise BadRequest("which events? give their numbers, a source or a reason")
        if self.reason is not None and self.reason not in set(Why):
            raise BadRequest(f"'{self.reason}' is no reason; allowed: {', '.join(sorted(Why))}")

    def condition(self) -> ColumnElement[bool]:
        """Return the same of the table."""
        parts = [rejected.c.state == RejectedState.WAITING]
        if self.numbers is not None:
            parts.append(rejected.c.id.in_(sorted(self.numbers)))
        if self.source is not None:
            parts.append(rejected.c.source == self.source)
        if self.reason is not None:
            parts.append(rejected.c.reason == self.reason)
        return and_(*parts)

    def portions(self) -> Iterator[Chosen]:
        """Yield the same in portions, of which each is a statement that every database takes."""
        if self.numbers is None or len(self.numbers) <= AT_ONCE:
            yield self
            return
        numbers = sorted(self.numbers)
        for begin in range(0, len(numbers), AT_ONCE):
            yield replace(self, numbers=numbers[begin : begin + AT_ONCE])

    def told(self) -> Mapping[str, object]:
        """Return it as the audit log says it."""
        numbers = None if self.numbers is None else sorted(self.numbers)[:100]
        told = {"numbers": numbers, "source": self.source, "reason": self.reason}
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class Group:
    """Waiting events of one source with one reason at one place.

    first, last  when the first and the last of them arrived        example  number of the last
    """

    source: str
    reason: str
    place: str
    count: int
    first: int
    last: int
    example: int


@dataclass(frozen=True)
class Rejected:
    """A rejected event without its content.

    place   the field at fault, "" where the whole event is        detail  a sentence
    state   of RejectedState
    """

    number: int
    source: str
    wire: str
    received_at: int
    reason: str
    place: str
    detail: str
    quiet: bool
    state: str
    settled_at: int | None

    @property
    def is_waiting(self) -> bool:
        return self.state == RejectedState.WAITING


@dataclass(frozen=True)
class Preview:
    """What would become of an event now.

    outcome  accepted | duplicate | held | rejected; then reason, place and detail say why
    tells    of which events, each with its instant        account  in whose thread they would stand
    """

    number: int
    outcome: str
    reason: str = ""
    place: str = ""
    detail: str = ""
    tells: tuple[tuple[str, int], ...] = ()
    account: str = ""
