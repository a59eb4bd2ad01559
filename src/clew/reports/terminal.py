"""The report for a terminal: what to do first, each journey as a simple picture, what to do next; 80 columns."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable

from clew.reports.diagnosed import Diagnosed
from clew.reports.model import Finding, JourneyPart, Kpi, Picture, ReportData, Stage
from clew.reports.picture.slots import Kind, kind_of
from clew.reports.words import beside, brief, count, figure, full, interval, many, moment

WIDTH = 80
_NAME, _BAR, _MOST_MOVES = 20, 10, 3
_SHAPES = {"met": "●", "not met": "▲", "not shown": "○"}


def render_terminal(report: ReportData) -> str:
    """Return the summary as lines of at most 80 columns."""
    lines = [
        *_wrapped(
            f"{report.firm}: customer journeys as of {moment(report.as_of, report.time_zone)}, {report.as_of_words}"
        ),
        *_wrapped(_basis(report)),
        "",
        *(_diagnosed(report.diagnosis, report.findings) if report.diagnosis else _findings(report.findings)),
    ]
    for part in report.journeys:
        lines += ["", *_journey(part)]
    lines += ["", *_coverage(report)]
    return "\n".join(lines)


def _basis(report: ReportData) -> str:
    basis = report.basis
    counts = [many(basis.events, "event"), many(basis.accounts, basis.one), many(basis.runs, "run")]
    return f"{', '.join(counts)} from {many(basis.sources, 'source')}"


def _diagnosed(told: Diagnosed, findings: tuple[Finding, ...]) -> list[str]:
    """The verdict leads; what stands out in the journeys is quiet."""
    lines = [*_wrapped(told.headline), *_wrapped(told.reason, "  ", "  "), *_wrapped(told.next.do, "→ ", "  ")]
    lines += _wrapped("What it rests on: clew diagnose", "  ", "  ")
    return [*lines, "", "What stands out in the journeys now", *_quiet_ones(findings)] if findings else lines


def _findings(findings: tuple[Finding, ...]) -> list[str]:
    if not findings:
        return _wrapped("Nothing stands out yet. Load more with 'clew load', or set limits for the stages.")
    first, *others = findings
    lines = ["What to do first", *_finding(first, "  ")]
    return [*lines, "", "Also worth a look", *_quiet_ones(others)] if others else lines


def _quiet_ones(findings: Iterable[Finding]) -> list[str]:
    said = [f"{one.sentence} {figure(one.figure)} {one.label}{_quiet(one)}" for one in findings]
    return [line for words in said for line in _wrapped(words, "  · ", "    ")]


def _finding(finding: Finding, indent: str) -> list[str]:
    return [
        *_wrapped(finding.sentence, indent, indent),
        *_wrapped(f"{figure(finding.figure)} {finding.label}{_quiet(finding)}", indent, indent),
        *_wrapped(finding.do, f"{indent}→ ", f"{indent}  "),
    ]


def _quiet(finding: Finding) -> str:
    return f" ({beside(finding.figure)})" if beside(finding.figure) else ""


def _journey(part: JourneyPart) -> list[str]:
    picture = part.picture
    lines = _wrapped(f"{part.title}: {many(picture.started, 'run')} started, {count(part.open)} under way")
    for kpi in part.kpis:
        lines += _wrapped(_kpi(kpi), f"  {_SHAPES.get(kpi.state, '–')} ", "    ")
    if not picture.stages:
        return lines
    head = f"  {_padded('', _NAME)} {_padded('runs', _BAR + 8)} {'here':>5} {'stalled':>8}  median time"
    lines.append(head)
    lines += [_stage(picture, place) for place in range(len(picture.stages))]
    lines += _moves(picture, Kind.SKIP, "skip") + _moves(picture, Kind.BACK, "back")
    ends = [f"{end.name} {full(end.runs)}" for end in picture.ends]
    return lines + (_wrapped(f"Ends: {'; '.join(ends)}", "  ", "    ") if ends else [])


def _kpi(kpi: Kpi) -> str:
    wanted = f", target {kpi.target}" if kpi.target else ""
    because = f" ({kpi.why})" if kpi.why else ""
    return f"{kpi.name} {full(kpi.figure)}{wanted}: {kpi.state}{because}"


def _stage(picture: Picture, place: int) -> str:
    stage = picture.stages[place]
    runs = stage.runs.value or 0
    filled = round(_BAR * min(1.0, runs / picture.started)) if picture.started else 0
    bar = "█" * filled + "░" * (_BAR - filled)
    number = place + (0 if picture.stages[0].before else 1)
    name = _padded(stage.title if stage.before else f"{number} {stage.title}", _NAME)
    stuck = f"▲ {brief(stage.stalled)}" if stage.stalled else "–"
    return f"  {name} {bar} {brief(runs):>7} {brief(stage.here):>5} {stuck:>8}  {_time(stage)}".rstrip()


def _time(stage: Stage) -> str:
    quiet = interval(stage.median)
    shown = f"{figure(stage.median)} {quiet}".rstrip()
    room = WIDTH - 2 - _NAME - 1 - _BAR - 1 - 7 - 1 - 5 - 1 - 8 - 2
    return shown if _columns(shown) <= room else _padded(shown, room).rstrip()


def _moves(picture: Picture, kind: Kind, word: str) -> list[str]:
    flows = sorted((flow for flow in picture.flows if kind_of(flow) is kind), key=lambda flow: -flow.visits)
    if not flows:
        return []
    names = [stage.title for stage in picture.stages]
    said = [f"{names[f.source or 0]} to {names[f.target or 0]} {brief(f.visits)}" for f in flows[:_MOST_MOVES]]
    rest = len(flows) - len(said)
    more = f"; {many(rest, 'smaller one')}" if rest else ""
    arrow = "→" if kind is Kind.SKIP else "←"
    return _wrapped(f"{arrow} {word}: {'; '.join(said)}{more}", "  ", "    ")


def _coverage(report: ReportData) -> list[str]:
    read = sum(source.read for source in report.coverage.sources)
    rejected = sum(source.rejected for source in report.coverage.sources)
    lines = _wrapped(f"Coverage: {many(read, 'row')} read, {count(rejected)} rejected") if read else []
    for spot in report.coverage.blind_spots:
        where = f" ({spot.journey})" if spot.journey and len(report.journeys) > 1 else ""
        lines += _wrapped(f"{spot.title}{where}: {spot.words}", "  · ", "    ")
    return lines


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """Break at spaces; letters that take two columns count as two."""
    lines, line = [], first
    for word in _words(text, WIDTH - _columns(then)):
        glue = "" if line in (first, then) else " "
        if _columns(line + glue + word) > WIDTH:
            lines.append(line)
            line, glue = then, ""
        line += glue + word
    return [*lines, line]


def _words(text: str, longest: int) -> Iterable[str]:
    for word in text.split(" "):
        yield from textwrap.wrap(word, longest // 2) if _columns(word) > longest else [word]


def _padded(text: str, width: int) -> str:
    """Cut or fill to a number of columns."""
    if _columns(text) > width:
        while text and _columns(text) > width - 1:
            text = text[:-1]
        text = text.rstrip() + "…"
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1
        for letter in text
    )
