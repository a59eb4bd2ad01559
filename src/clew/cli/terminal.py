"""Print an answer: a quiet table for people, JSON and CSV for programs. Plain wherever the output is no terminal."""

from __future__ import annotations

import json as json_format
import os
import re
import shutil
import sys
import textwrap
from typing import TextIO

from clew.cli.table import Line, fitted, records
from clew.clock import US
from clew.questions.cells import cells_of, without_repeats
from clew.questions.model import Answer, Query
from clew.questions.telling import as_json, write_csv
from clew.questions.words import Reading, counted, time

QUIET, STRONG, RESET = "\x1b[2m", "\x1b[1m", "\x1b[0m"
_WIDEST_TEXT = 100
_HELD = "\xa0"  # no line breaks between a number and its unit
_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=%|[a-z])")


def print_answer(
    answer: Answer, *, json: bool = False, csv: bool = False, query: Query | None = None, out: TextIO | None = None
) -> None:
    """Write an answer to `out` (standard output) as a table, JSON or CSV."""
    out = out or sys.stdout
    if json:
        out.write(json_format.dumps(as_json(answer, query), indent=2, ensure_ascii=False) + "\n")
    elif csv:
        write_csv(answer, out)
    else:
        _write_page(answer, query, out)


def terminal_width(out: TextIO) -> int:
    """Columns of the terminal, 0 where the output is none."""
    return shutil.get_terminal_size().columns if out.isatty() else 0


def coloured(out: TextIO) -> bool:
    """Whether tones may be used."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write_page(answer: Answer, query: Query | None, out: TextIO) -> None:
    width, tones = terminal_width(out), coloured(out)
    write_heading(answer.title, out, strong=True)
    write_heading(_basis(answer), out, strong=False)
    out.write("\n")
    write_table(answer, query, out, width=width, tones=tones)
    for note in answer.notes:
        write_text(note, out, width)
    if answer.next:
        out.write("\n")
        write_text(answer.next, out, width, mark="→ ")


def _basis(answer: Answer) -> str:
    """What the answer rests on: journey, n, moment."""
    zone = Reading.of(answer).time_zone
    parts = [
        f"journey {answer.journey}" if answer.journey else "",
        counted(answer.n, answer.n_of.removesuffix("s"), answer.n_of),
        f"as of {time(answer.as_of / US, zone, with_zone=True)}",
        str(answer.extra.get("as_of_is", "")),
    ]
    return ", ".join(part for part in parts if part)


def write_table(answer: Answer, query: Query | None, out: TextIO, *, width: int, tones: bool) -> None:
    """Write the rows as a table, as records where it does not fit; a free line follows."""
    if not answer.rows:
        out.write("Nothing to show.\n\n")
        return
    columns = cells_of(answer)
    lines = fitted(without_repeats(columns, len(query.by) if query else 0), width)
    if lines is None:
        lines = records(columns, width)
    elif tones:
        lines.insert(1, Line("─" * max(len(line.text) for line in lines), ((0, 10**6),)))
    for line in lines:
        out.write(_quieted(line) if tones else line.text)
        out.write("\n")
    out.write("\n")


def _quieted(line: Line) -> str:
    text = line.text
    for begin, end in reversed(line.quiet):
        text = text[:begin] + QUIET + text[begin:end] + RESET + text[end:]
    return text


def write_heading(text: str, out: TextIO, *, strong: bool) -> None:
    """Write a line in a strong or a quiet tone, wrapped to the terminal; plain and whole where the output is none."""
    tone, width = (STRONG if strong else QUIET) if coloured(out) else "", terminal_width(out)
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) if width else [text]
    out.writelines(_toned(Line(line), tone) + "\n" for line in lines or [""])


def _toned(line: Line, tone: str) -> str:
    return f"{tone}{line.text}{RESET}" if tone else line.text


def write_text(text: str, out: TextIO, width: int, mark: str = "· ") -> None:
    """Write a sentence behind a mark, wrapped; numbers keep their unit."""
    limit = min(width or _WIDEST_TEXT, _WIDEST_TEXT)
    held = _NUMBER_AND_UNIT.sub(_HELD, text)
    wrapped = textwrap.wrap(held, limit, initial_indent=mark, subsequent_indent="  ", break_long_words=False)
    out.write("\n".join(wrapped).replace(_HELD, " ") + "\n")
