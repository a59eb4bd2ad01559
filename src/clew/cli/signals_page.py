"""What detectors noticed, as a page: the three failures as sections, and the signals of one account."""

from __future__ import annotations

import json as json_format
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from clew.cli.terminal import (
    coloured,
    terminal_width,
    write_heading,
    write_table,
    write_text,
)
from clew.clock import US
from clew.questions.telling import as_json, write_csv
from clew.questions.threads import plural, thread_word
from clew.questions.words import counted, iso, time
from clew.signals.measuring.evidence import Example, Told, bucket_of, thread_named
from clew.signals.measuring.figures_in_words import all_revenue_in_words
from clew.signals.measuring.losses import Losses, in_words, losses
from clew.signals.measuring.measure import Measured, measured, revenue_of_customers
from clew.signals.measuring.one_account import OpenRun, about, head
from clew.signals.measuring.tables import overview, section, signals
from clew.signals.model import Failure
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight

MOST_OWED = 8


def print_all(sight: Sight, *, since: int | None, json: bool, csv: bool) -> None:
    """Print what every detector measured."""
    out = sys.stdout
    every = [measured(sight, detector, since=since) for detector in DETECTORS]
    if json:
        lost = losses(sight, DETECTORS, since=since)
        write_json({**all_as_json(sight, every), "losses": losses_as_json(lost)}, out)
    elif csv:
        write_csv(overview(sight, every), out)
    else:
        _write_all(sight, every, out, since)


def print_account(sight: Sight, found: Example, *, top: int, json: bool, csv: bool) -> None:
    """Print one account: what it is, what somebody owes it now, and its signals, the newest first; top 0: all."""
    out = sys.stdout
    if json:
        write_json({**as_json(signals(sight, found.told)), "account": found.account, "revenue": found.revenue}, out)
    elif csv:
        write_csv(signals(sight, found.told), out)
    else:
        _write_account(sight, found, top, out)


def _write_account(sight: Sight, found: Example, top: int, out: TextIO) -> None:
    thread, width = thread_named(sight, found.account), terminal_width(out)
    known = about(sight, bucket_of(sight, thread), thread)
    write_heading(f"Signals of {found.account}", out, strong=True)
    write_heading(f"{counted(found.signals, 'signal')}, the newest first, {as_of_words(sight)}", out, strong=False)
    out.write("\n")
    revenue = f"{found.revenue:,.0f} {sight.firm.currency} a year" if found.revenue is not None else ""
    for line in head(known, revenue):
        write_text(line, out, width)
    out.write("\n" if head(known, revenue) else "")
    _write_owed(known.owed, out)
    shown = found.told[:top] if top else found.told
    for told in shown:
        write_told(sight, told, out)
    if len(found.told) > len(shown):
        write_text(f"and {len(found.told) - len(shown):,} earlier; --top 0 shows all", out, width)
    out.write("\n" if found.told else "Nothing was noticed.\n\n")
    write_text(_of_account_next(known.runs), out, width, mark="→ ")


def _write_owed(owed: Sequence[str], out: TextIO) -> None:
    if not owed:
        return
    write_heading("Waiting for us now", out, strong=True)
    for sentence in owed[:MOST_OWED]:
        write_text(sentence, out, terminal_width(out))
    if len(owed) > MOST_OWED:
        write_text(f"and {len(owed) - MOST_OWED:,} more", out, terminal_width(out))
    out.write("\n")
    write_heading("What was noticed", out, strong=True)


def _of_account_next(runs: Sequence[OpenRun]) -> str:
    if not runs:
        return "See what detectors noticed of all accounts: clew signals"
    command = shlex.join(["clew", "conform", "--journey", runs[0].journey, "--run", runs[0].subject])
    return f"See a run of it planned against actual: {command}"


def write_told(sight: Sight, told: Told, out: TextIO) -> None:
    """Write one signal under the heading of its account: when, which, and its sentence without saying either again."""
    at = time(told.at / US, sight.firm.time_zone)
    sentence = told.sentence.removeprefix(f"{told.account}: ")
    for again in (f" ({at})", f" ({at[:10]})", f" from {at}"):
        sentence = sentence.replace(again, "")
    write_text(f"{at}  {told.title}: {sentence}", out, terminal_width(out))


def write_json(told: object, out: TextIO) -> None:
    """Write a value as JSON."""
    out.write(json_format.dumps(told, indent=2, ensure_ascii=False) + "\n")


def all_as_json(sight: Sight, every: Sequence[Measured]) -> dict[str, object]:
    """Everything that was measured, with examples, trends and what cannot be seen."""
    more = [
        {
            "signal": one.detector.name,
            "title": one.detector.title,
            "definition": one.detector.definition,
            "unit": one.detector.unit,
            "blind": list(one.blind),
            "changed": one.trend.changed,
            "examples": [example_as_json(each) for each in one.examples],
        }
        for one in every
    ]
    return {**as_json(overview(sight, every)), "detectors": more}


def losses_as_json(found: Losses) -> dict[str, object]:
    """Lost accounts, quiet ones, and how early those spoke, in days."""
    return {**asdict(found), "notice": str(found.notice), "sentences": in_words(found)}


def example_as_json(example: Example) -> dict[str, object]:
    """One account with its signals; times are ISO 8601 in UTC."""
    told = [{**asdict(each), "at": iso(each.at / US)} for each in example.told]
    return {**asdict(example), "told": told}


def threads_in_words(sight: Sight, n: int) -> str:
    """Count accounts, or what stands for them where no source names accounts: '203 accounts', '1,173 tickets'."""
    word = thread_word(sight.view)
    return counted(n, word, plural(word))


def as_of_words(sight: Sight) -> str:
    """Say up to when the log was looked at."""
    return f"as of {time(sight.as_of / US, sight.firm.time_zone, with_zone=True)}"


def _write_all(sight: Sight, every: Sequence[Measured], out: TextIO, since: int | None) -> None:
    accounts = max((one.accounts for one in every), default=0)
    basis = [f"{threads_in_words(sight, accounts)} with an occasion", as_of_words(sight)]
    if since is not None:
        basis.append(f"since {time(since / US, sight.firm.time_zone)}")
    write_heading("What detectors noticed", out, strong=True)
    write_heading(", ".join(basis), out, strong=False)
    out.write("\n")
    for failure in Failure:
        _write_failure(sight, failure, [one for one in every if one.detector.failure is failure], out)
    _write_losses(losses(sight, DETECTORS, since=since), out)
    _write_reading(sight, every, out)
    write_text(next_step(sight, every), out, terminal_width(out), mark="→ ")


def _write_failure(sight: Sight, failure: Failure, every: Sequence[Measured], out: TextIO) -> None:
    seeing, blind = ([one for one in every if one.sees_nothing is which] for which in (False, True))
    write_heading(failure.value.capitalize(), out, strong=True)
    if seeing:
        write_table(section(sight, seeing), None, out, width=terminal_width(out), tones=coloured(out))
    for one in blind:
        why = one.blind[0] if one.blind else f"no {one.detector.of} in this log."
        write_text(f"{one.detector.name} cannot be seen: {why}", out, terminal_width(out))
    out.write("\n" if blind else "")


def _write_losses(found: Losses, out: TextIO) -> None:
    write_heading("Lost accounts", out, strong=True)
    for line in in_words(found):
        write_text(line, out, terminal_width(out))
    out.write("\n")


def _write_reading(sight: Sight, every: Sequence[Measured], out: TextIO) -> None:
    """Say once what the columns mean, and what changed between the two quarters."""
    width, compared = terminal_width(out), next((one.trend for one in every if one.trend.compared), None)
    write_text("Rate: signals per occasion; interval of 95 % by resampling accounts.", out, width)
    whole = all_revenue_in_words(revenue_of_customers(sight), sight.firm.currency)
    write_text(f"Revenue: what customers of today with a signal bring a year; all of them: {whole}.", out, width)
    if compared is not None and compared.compared is not None:
        earlier, later = (quarter.label for quarter in compared.compared)
        text = (
            f"Last quarter: share of accounts with a signal in {later} against {earlier}, in points; unclear where the "
            f"interval holds no change too. {compared.changed}"
        )
        write_text(text, out, width)
    partly = [one.detector.name for one in every if one.blind and not one.sees_nothing]
    if partly:
        write_text(f"Seen in part only, as their evidence says: {', '.join(partly)}.", out, width)
    out.write("\n")


def next_step(sight: Sight, every: Sequence[Measured]) -> str:
    """What to do next: look at the signal that touches most, or say what events mean."""
    found = [one for one in every if one.signals]
    if found:
        most = max(found, key=lambda one: (one.revenue.amount or 0, one.touched))
        return f"See the evidence: clew signals {most.detector.name}"
    return "Say in meanings.yaml what events mean, then ask again: clew signals"
