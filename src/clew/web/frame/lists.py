"""Lists: every one of them filters, sorts, pages and exports in the same way, and its address says how."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode

from clew.errors import BadRequest

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

Row = TypeVar("Row")
SIZE, LARGEST = 50, 10_000  # rows of a page; of an export
LONGEST, MOST_WORDS = 500, 20  # of the text that a list is searched for
FORMS = ("csv", "json")


@dataclass(frozen=True)
class Column:
    """A column of a list.

    title  words of its head           kind   "" | "num"
    sorts  whether one can sort by it  rises  whether a first click sorts upwards
    """

    name: str
    title: str
    kind: str = ""
    sorts: bool = True
    rises: bool = True


@dataclass(frozen=True)
class Filter:
    """A choice above a list: (value, words) each; "" is always all."""

    name: str
    title: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Listing:
    """A list as it is declared.

    sort     name of the column to sort by unless asked otherwise, "-" before it for downwards
    search   words beside the field for text, "" for a list without
    prefix   before the names of its parameters, where a page shows two lists: ?keys-sort=-used
    """

    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = ""
    search: str = ""
    size: int = SIZE
    prefix: str = ""


@dataclass(frozen=True)
class Wanted:
    """What of a list somebody asked for. `page` counts from 1; filters hold what is chosen only.

    form  "" for a page, else what to export as
    kept  parameters of the address that belong to the page and not to the list; prefix as of its Listing
    """

    sort: str
    falls: bool = False
    page: int = 1
    size: int = SIZE
    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    form: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""

    @property
    def first(self) -> int:
        """Rows before this page."""
        return 0 if self.form else (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        return LARGEST if self.form else self.size

    def address(self, **changed: Any) -> str:
        """The query string that asks for this, with some of it changed: page, sort, falls, form."""
        other = replace(self, **{"page": 1, "form": "", **changed})
        sort = ("-" if other.falls else "") + other.sort
        told = {**other.filters, "q": other.text, "sort": sort, "as": other.form}
        told |= {"page": str(other.page)} if other.page > 1 else {}
        mine = {other.prefix + name: value for name, value in told.items()}
        return "?" + urlencode({name: value for name, value in {**other.kept, **mine}.items() if value})


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list.

    total  rows that the filters leave, None where nobody counted
    more   whether there is a page after this one
    """

    rows: Sequence[Row]
    wanted: Wanted
    total: int | None = None
    more: bool = False


def wanted_of(asked: Asked, listing: Listing, keep: Sequence[str] = ()) -> Wanted:
    """Read from the address what is asked for: ?sort=-due&team=sales&q=words&page=2&as=csv.

    keep    parameters of the page itself, handed on
    Raises  BadRequest for what the list does not know
    """
    mine = listing.prefix
    sort = asked.query(mine + "sort").strip()
    sort = sort if sort.strip("-") else listing.sort
    names = [column.name for column in listing.columns if column.sorts]
    name = sort.removeprefix("-")
    if name and name not in names:
        raise BadRequest(f"cannot sort by '{name}'; allowed: {', '.join(names)}")
    form = asked.query(mine + "as")
    if form and form not in FORMS:
        raise BadRequest(f"cannot export as '{form}'; allowed: {', '.join(FORMS)}")
    page = asked.query(mine + "page", "1")
    if not page.isascii() or not page.isdigit() or not 0 < int(page) < 10**6:
        raise BadRequest(f"page '{page[:40]}' is no number of a page; the first is 1")
    return Wanted(
        sort=name,
        falls=sort.startswith("-"),
        page=int(page),
        size=listing.size,
        filters={one.name: _chosen(asked, one, mine) for one in listing.filters if asked.query(mine + one.name)},
        text=_text(asked.query(mine + "q").strip()),
        form=form,
        kept={name: asked.query(name) for name in keep if asked.query(name)},
        prefix=mine,
    )


def _text(text: str) -> str:
    """Refuse what would be looked for without end: each word is a condition of its own."""
    if len(text) > LONGEST or len(text.split()) > MOST_WORDS:
        raise BadRequest(f"search for at most {MOST_WORDS} words of together {LONGEST} characters")
    return text


def _chosen(asked: Asked, choice: Filter, prefix: str) -> str:
    value, allowed = asked.query(prefix + choice.name), [value for value, _ in choice.options]
    if value not in allowed:
        raise BadRequest(f"{choice.name} '{value[:80]}' is not known; allowed: {', '.join(allowed)}")
    return value


def page_of(rows: Iterable[Row], wanted: Wanted, value: Callable[[Row, str], Any]) -> Page[Row]:
    """Filter, sort and cut rows that are all at hand; lists that may be long do it in the database.

    value  of a row by the name of a column or filter; None sorts last. Text is looked for in every text of a row
           that it gives for "text"
    """
    fitting = [row for row in rows if all(value(row, name) == chosen for name, chosen in wanted.filters.items())]
    if wanted.text:
        words = wanted.text.casefold().split()
        fitting = [row for row in fitting if all(word in str(value(row, "text")).casefold() for word in words)]
    if wanted.sort:
        known = [row for row in fitting if value(row, wanted.sort) is not None]
        known.sort(key=lambda row: value(row, wanted.sort), reverse=wanted.falls)
        fitting = known + [row for row in fitting if value(row, wanted.sort) is None]
    end = wanted.first + wanted.limit
    return Page(fitting[wanted.first : end], wanted, len(fitting), len(fitting) > end)


def exported(asked: Asked, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> Response:
    """Answer with rows as a file.

    name  of the file, without its ending       form  csv | json
    """
    from starlette.responses import JSONResponse, Response

    if form == "json":
        answer: Response = JSONResponse([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)
        answer = Response(out.getvalue(), media_type="text/csv; charset=utf-8")
    named = re.sub(r"[^A-Za-z0-9._-]+", "-", name)  # ids stand in it, of which headers take no quotes and few letters
    answer.headers["Content-Disposition"] = f'attachment; filename="{named}.{form}"'
    return answer


def _harmless(cell: Any) -> Any:
    """Keep a spreadsheet from running what somebody wrote as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell
