"""One detector with its evidence, as a page, JSON or CSV."""

from __future__ import annotations

import sys
from typing import TextIO

from clew.cli.signals_page import as_of_words, example_as_json, threads_in_words, write_json
from clew.cli.terminal import coloured, terminal_width, write_heading, write_table, write_text
from clew.questions.telling import as_json, write_csv
from clew.questions.words import counted
from clew.signals.measuring.by_account import counted as count
from clew.signals.measuring.evidence import Example, examples
from clew.signals.measuring.figures_in_words import interval, occasions_in_words, revenue_in_words, trend_in_words
from clew.signals.measuring.measure import Measured, measured
from clew.signals.measuring.tables import overview, quarters, signals
from clew.signals.model import Detector
from clew.signals.parts.wording import NO_ACCOUNT
from clew.signals.sight import Sight

SENTENCES = 3  # of one account, the newest


def print_one(sight: Sight, detector: Detector, *, since: int | None, top: int, json: bool, csv: bool) -> None:
    """Print what one detector measured and the sentences of the most valuable accounts."""
    out = sys.stdout
    one = measured(sight, detector, since=since, top=0)
    shown = examples(sight, detector, count(sight, detector, since), top=top, each=0, since=since)
    if json:
        write_json(_as_json(sight, one, shown), out)
    elif csv:
        write_csv(signals(sight, [told for example in shown for told in example.told]), out)
    else:
        _write_page(sight, one, shown, out)


def _as_json(sight: Sight, one: Measured, shown: list[Example]) -> dict[str, object]:
    return {
        **as_json(overview(sight, [one])),
        "title": one.detector.title,
        "definition": one.detector.definition,
        "unit": one.detector.unit,
        "blind": list(one.blind),
        "changed": one.trend.changed,
        "more": list(one.detector.more(sight)),
        "quarters": as_json(quarters(sight, one))["rows"],
        "examples": [example_as_json(example) for example in shown],
    }


def _write_page(sight: Sight, one: Measured, shown: list[Example], out: TextIO) -> None:
    width, detector = terminal_width(out), one.detector
    write_heading(f"{detector.title} ({detector.name})", out, strong=True)
    write_heading(f"{detector.failure.value}, {as_of_words(sight)}", out, strong=False)
    out.write("\n")
    for line in (detector.definition, *_figures(sight, one)):
        write_text(line, out, width)
    out.write("\n")
    if one.trend.quarters:
        write_table(quarters(sight, one), None, out, width=width, tones=coloured(out))
        if one.trend.changed:
            write_text(one.trend.changed, out, width)
            out.write("\n")
    more = detector.more(sight)
    for line in more:
        write_text(line, out, width)
    out.write("\n" if more else "")
    for example in shown:
        _write_example(sight, example, out)
    _write_blind(one, out)
    write_text(_next_step(shown), out, width, mark="→ ")


def _figures(sight: Sight, one: Measured) -> list[str]:
    if one.sees_nothing:
        return [f"There are no {one.detector.of} in this log."]
    lines = [
        f"{one.signals:,} of {occasions_in_words(one)}: {interval(one.rate)}.",
        f"{one.touched:,} of {threads_in_words(sight, one.accounts)}: {interval(one.share)}.",
    ]
    if one.trend.compared is not None:
        earlier, later = (quarter.label for quarter in one.trend.compared)
        lines.append(f"Share of accounts, {later} against {earlier}: {trend_in_words(one)}.")
    revenue = revenue_in_words(one.revenue, sight.firm.currency)
    return [*lines, f"Revenue touched: {revenue}."] if revenue else lines


def _write_example(sight: Sight, example: Example, out: TextIO) -> None:
    revenue = f", {example.revenue:,.0f} {sight.firm.currency} a year" if example.revenue is not None else ""
    write_heading(f"{example.account}{revenue}, {counted(example.signals, 'signal')}", out, strong=True)
    for told in example.told[:SENTENCES]:
        write_text(told.sentence.removeprefix(f"{example.account}: "), out, terminal_width(out))
    if example.signals > SENTENCES:
        write_text(f"and {example.signals - SENTENCES:,} earlier", out, terminal_width(out))
    out.write("\n")


def _write_blind(one: Measured, out: TextIO) -> None:
    if one.blind:
        write_heading("What this cannot see here", out, strong=True)
        for line in one.blind:
            write_text(line, out, terminal_width(out))
        out.write("\n")


def _next_step(shown: list[Example]) -> str:
    named = [example.account for example in shown if example.account != NO_ACCOUNT]
    if not named:
        return "See what the others noticed: clew signals"
    account = named[0].partition(":")[2] or named[0]
    return f"See everything about the first: clew signals --account {account}"
