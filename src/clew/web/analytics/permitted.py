"""What of an answer somebody may see who sees no single accounts: no rows about one, no figures of few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clew.access.model import Actor, Permission
from clew.access.policy import LEAST_ACCOUNTS, Forbidden, may, may_see_figure, may_see_groups
from clew.questions.behind import accounts_behind, accounts_behind_all
from clew.questions.figures import by_cells
from clew.questions.ground import Ground
from clew.questions.model import Answer, Cell, Column, Query, TooFew, Unit

COARSE = ("segment", "period", "stage", "variant", "end", "team", "channel", "event", "version")  # single nobody out
OVER = ("stages", "events", "team", "channel")
_ABOUT_ONE = ("subject", "account")  # columns whose rows are single accounts
_READING = ("time_zone", "currency", "working_day_s", "as_of_is")
_NOTE = (
    "Figures that are missing rest on fewer than five accounts, or would tell of those: your role sees no single ones."
)

Row = Mapping[str, Cell | TooFew]


def sees_accounts(actor: Actor) -> bool:
    """Whether answers need no screening for somebody."""
    return may(actor, Permission.SEE_ACCOUNTS)


def require_coarse(actor: Actor, query: Query) -> None:
    """Refuse to split or filter by what may single out an account. Raises Forbidden."""
    if sees_accounts(actor):
        return
    names = [*query.by, *query.where, *(query.compare or ())[:1]]
    fine = [name for name in names if name.partition(":")[0] not in COARSE]
    if query.options.get("over", OVER[0]) not in OVER:
        fine.append(query.options["over"])
    if fine:
        allowed = ", ".join(COARSE)
        raise Forbidden(f"'{fine[0]}' may single out accounts, which your role does not see; allowed: {allowed}")


def screened(actor: Actor, ground: Ground, query: Query, answer: Answer) -> Answer:
    """Leave out what somebody may not see. Raises Forbidden where nothing would be left."""
    if sees_accounts(actor):
        return answer
    if any(column.name in _ABOUT_ONE for column in answer.columns):
        raise Forbidden("these rows are single accounts, which your role does not see; split them, for example by team")
    if not may_see_figure(actor, accounts_behind_all(ground, query)):
        raise Forbidden("fewer than five accounts are behind this, and your role sees no single ones; ask for more")
    rows = _screened_rows(actor, answer, _hidden_groups(actor, ground, query))
    if query.compare:
        rows = [_all_or_nothing(answer, new, old) for new, old in zip(rows, answer.rows, strict=True)]
    left_out = any(new is not old for new, old in zip(rows, answer.rows, strict=True))
    extra = {name: answer.extra[name] for name in _READING if name in answer.extra}
    notes = (*answer.notes, _NOTE) if left_out else answer.notes
    return replace(answer, rows=tuple(rows), extra=extra, notes=notes)


def _hidden_groups(actor: Actor, ground: Ground, query: Query) -> Sequence[Row]:
    """Cells of the groups that may not be seen. Raises Forbidden for a side of a comparison."""
    if not query.by and not query.compare:
        return ()
    behind = accounts_behind(ground, query)
    hidden = [key for key, seen in zip(behind, may_see_groups(actor, list(behind.values())), strict=True) if not seen]
    if hidden and query.compare:
        raise Forbidden(f"'{hidden[0][0]}' is fewer than five accounts, and your role sees no single ones")
    return [by_cells(query.by, key) for key in hidden]


def _screened_rows(actor: Actor, answer: Answer, hidden: Sequence[Row]) -> list[Row]:
    seen = may_see_groups(actor, [_main_count(answer, row) for row in answer.rows])
    return [
        _without_few(answer, row, everything=not shown or any(group.items() <= row.items() for group in hidden))
        for row, shown in zip(answer.rows, seen, strict=True)
    ]


def _all_or_nothing(answer: Answer, screened: Row, row: Row) -> Row:
    """Of two sides and their difference the third follows from any two: where one is hidden, all are, words too.

    A share tells of those that are not in it as well: neither may be few.
    """
    if screened is row and not any(_misses_few(column, row) for column in answer.columns):
        return row
    label = answer.columns[0].name
    return {name: cell if name == label else None for name, cell in row.items()}


def _misses_few(column: Column, row: Row) -> bool:
    value, n = row.get(column.name), row.get(column.n or "")
    return column.unit is Unit.SHARE and isinstance(value, float) and isinstance(n, int) and _few(n - round(value * n))


def _main_count(answer: Answer, row: Row) -> int:
    """How many a row is about: its first count. No more accounts than that are behind it."""
    counts = (row[column.name] for column in answer.columns if column.unit is Unit.COUNT)
    return next((int(count) for count in counts if isinstance(count, int | float)), 0)


def _without_few(answer: Answer, row: Row, *, everything: bool) -> Row:
    """Return a row without the figures that are about few, else the row itself."""
    few = {
        column.name
        for column in answer.columns
        if column.unit is not Unit.TEXT and (everything or _is_of_few(column, row, answer.columns))
    }
    few |= {end for column in answer.columns if column.name in few for end in (column.low, column.high) if end}
    told = [name for name in few if row[name] is not None]
    return {name: None if name in few else cell for name, cell in row.items()} if told else row


def _is_of_few(column: Column, row: Row, columns: Sequence[Column]) -> bool:
    value, n = row[column.name], row.get(column.n or "")
    if column.unit is Unit.COUNT:
        return _few(value)
    if column.unit is Unit.SHARE and isinstance(value, float) and isinstance(n, int):
        return _few(n) or _few(round(value * n))
    if column.n:
        return _few(n)
    return any(_few(row[each.name]) for each in columns if each.unit is Unit.COUNT)  # which it rests on is not told


def _few(count: Cell | TooFew) -> bool:
    return isinstance(count, int | float) and 0 < count < LEAST_ACCOUNTS
