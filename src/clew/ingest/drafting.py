"""Write a guess down: commented files that a person reads, corrects and keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap

from clew.ingest import vocabulary
from clew.ingest.guess_model import Guess
from clew.ingest.guessed_names import flow, relative
from clew.ingest.looks import Look, words_of
from clew.ingest.relations import Suggestion
from clew.sources.model import EventSpec, Kind

_OWN_OFFSET = re.compile(r".*\d(Z|[+-]\d\d:?\d\d)")
_CURRENCIES = ("usd", "eur", "gbp", "chf", "brl", "sek", "dkk", "nok", "pln", "jpy", "aud", "cad", "inr")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_TEAMS = 30
_WIDTH = 120


def firm_text(folder: Path, guesses: Sequence[Guess]) -> str:
    """Return clew.yaml."""
    name = folder.resolve().name.replace("-", " ").replace("_", " ").strip() or "Our firm"
    currency, remark = _currency(guesses)
    lines = [
        "# yaml-language-server: $schema=schemas/clew.schema.json",
        "# The firm. 'clew start' could only assume what stands here: change it, then run 'clew check'.",
        f"firm: {flow(name)}",
        f"currency: {currency}                 # {remark}",
        "time_zone: UTC                # the firm's own, as Europe/Berlin",
        "",
        "calendars:",
        "  default:                    # '3 working days' are counted in it",
        '    hours: {monday-friday: "09:00-17:00"}',
    ]
    return "\n".join([*lines, *_teams(guesses)]) + "\n"


def _currency(guesses: Sequence[Guess]) -> tuple[str, str]:
    """Return the currency that most rows name, else the one in the name of a column, else the euro; and a remark."""
    counts: Counter[str] = Counter()
    for guess in guesses:
        for name, column in guess.sample.columns.items():
            look = Look(name, column)
            if look.has(*vocabulary.CURRENCY):
                counts.update({text.upper(): count for text, count in look.frequent if _CURRENCY.fullmatch(text)})
    if counts:
        others = ", ".join(sorted(counts.keys() - {counts.most_common(1)[0][0]}))
        return counts.most_common(1)[0][0], "of every value" + (f"; but rows name {others} too" if others else "")
    words = {word for guess in guesses for name in guess.sample.header.names for word in words_of(name)}
    return next((code.upper() for code in _CURRENCIES if code in words), "EUR"), "of every value"


def _teams(guesses: Sequence[Guess]) -> Iterator[str]:
    columns = [
        guess.sample.columns[event.team.column]
        for guess in guesses
        for event in guess.events[:1]
        if event.team and event.team.column
    ]
    names = sorted({name for column in columns for name in column.names})
    if not names:
        return
    yield ""
    if len(names) <= _TEAMS:
        yield "teams:                        # as the exports spell them; a title alone, or {title:, calendar:}"
        yield from (f"  {flow(name)}: {flow(name)}" for name in names)
    else:
        yield f"# teams:                      # the exports name {len(names):,}; list those that journeys speak of"
        yield f"#   {flow(names[0])}: {flow(names[0])}"


def source_text(guess: Guess, folder: Path, suggestions: Iterable[Suggestion]) -> str:
    """Return one source file."""
    return "\n".join([*_head(guess, folder), *_reading(guess), *_whose(guess), *_told(guess, suggestions)]) + "\n"


def _head(guess: Guess, folder: Path) -> Iterator[str]:
    files = [relative(path, folder) for path in guess.paths]
    names = ", ".join(path.name for path in guess.paths)
    rows = f"{guess.sample.rows:,} rows" + ("" if guess.sample.whole else " from its beginning and end")
    yield "# yaml-language-server: $schema=../schemas/source.schema.json"
    yield f"# Guessed by 'clew start' from {names} ({rows}). Correct what is wrong, then 'clew check' and 'clew load'."
    for remark in guess.remarks:
        yield from wrap(f"Note: {remark}", _WIDTH, initial_indent="# ", subsequent_indent="#   ")
    yield f"file: {flow(files[0])}" if len(files) == 1 else f"file: [{', '.join(map(flow, files))}]"


def _reading(guess: Guess) -> Iterator[str]:
    meaning = "a changed row supersedes the older one" if guess.kind is Kind.SNAPSHOT else "rows never change"
    yield f"kind: {guess.kind.value}  # {meaning}"
    if guess.id:
        yield f"id: {flow(guess.id[0])}" if len(guess.id) == 1 else f"id: [{', '.join(map(flow, guess.id))}]"
    else:
        yield "# id: nothing identifies a row; equal rows are counted"
    if guess.sample.encoding != "utf-8":
        yield f"encoding: {guess.sample.encoding}  # assumed: the file is no UTF-8"
    if guess.sample.header.delimiter not in (",", ";", "|"):
        yield 'delimiter: "\\t"'
    if guess.decimal != ".":
        yield f"decimal: {flow(guess.decimal)}"
    if guess.thousands:
        yield f"thousands: {flow(guess.thousands)}"
    if guess.events:
        yield f"time_zone: UTC  # {_zone_remark(guess)}"
    if guess.time_format:
        yield f"time_format: {flow(guess.time_format)}"


def _zone_remark(guess: Guess) -> str:
    values = guess.sample.columns[guess.events[0].at].names[:200]
    if values and all(_OWN_OFFSET.fullmatch(text.strip()) for text in values):
        return "every time carries its own offset, which wins"
    return "assumed; of times without an offset, as Europe/Berlin"


def _whose(guess: Guess) -> Iterator[str]:
    reasons = {finding.column: finding.reason for finding in guess.findings}
    if guess.account:
        kind, column = guess.account
        yield f"account: {{{kind}: {flow(column)}}}  # {reasons[column]}"
    else:
        yield "# account: {name: column}  # no column reads as the firm behind a row: each subject is its own thread"
    if guess.subjects:
        yield "subjects:"
        yield from (f"  {kind}: {flow(column)}  # {reasons[column]}" for kind, column in guess.subjects.items())
    if guess.contact:
        named = [("id", guess.contact.id), ("email", guess.contact.email), ("name", guess.contact.name)]
        parts = ", ".join(f"{key}: {flow(column)}" for key, column in named if column)
        yield f"contact: {{{parts}}}  # the person outside; name and address never enter the log"


def _told(guess: Guess, suggestions: Iterable[Suggestion]) -> Iterator[str]:
    if guess.events:
        first = guess.events[0]
        origins = [("team", first.team), ("by", first.by), ("channel", first.channel)]
        yield from (f"{key}: {flow(given.column)}" for key, given in origins if given and given.column)
        yield "events:  # an empty time means: this has not happened"
        yield from (f"  - {_event(event, guess.only)}" for event in guess.events)
    reasons = {finding.column: finding for finding in guess.findings}
    if guess.attributes:
        dated = " where no 'at' is said" if guess.dated else ""
        yield f"attributes:  # what lasts, without a date of its own{dated}"
        for name, (column, whose) in guess.attributes.items():
            of = f", of: {whose}" if whose else ""
            at = f", at: {flow(guess.dated[name])}" if name in guess.dated else ""
            samples = _as_comment(reasons[column].samples)
            yield f"  {flow(name)}: {{column: {flow(column)}{of}{at}}}" + (f"  # as {samples}" if samples else "")
    yield f"properties: [{', '.join(map(flow, guess.properties))}]  # kept with each event"
    if guess.personal:
        yield f"personal: [{', '.join(map(flow, guess.personal))}]  # the person store only, never the log"
    for finding in guess.findings:
        if finding.meaning == "left out":
            yield f"# left out: {_as_comment([finding.column])}: {finding.reason}"
    yield from _suggested(list(suggestions))


def _suggested(suggestions: Sequence[Suggestion]) -> Iterator[str]:
    """What could be added, as comments that only need their # taken away."""
    for key in dict.fromkeys(suggestion.key for suggestion in suggestions):
        more = "; name what it brings in attributes or properties" if key == "join" else ""
        yield f"# {key}:  # suggested{more}"
        for suggestion in suggestions:
            if suggestion.key == key:
                yield f"#   - {suggestion.item}  # {suggestion.reason}"


def _event(event: EventSpec, only: tuple[str, str] | None) -> str:
    more = [("value", event.value), ("sequence", event.sequence)]
    rest = "".join(f", {key}: {flow(column)}" for key, column in more if column)
    rest += f", when: {{{flow(only[0])}: {flow(only[1])}}}" if only else ""
    return f"{{event: {flow(event.event)}, at: {flow(event.at)}{rest}}}"


def _as_comment(texts: Iterable[str]) -> str:
    short = (" ".join(text.split())[:30] for text in texts)
    return ", ".join(text for text in short if text)
