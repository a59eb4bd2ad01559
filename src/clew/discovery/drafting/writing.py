"""A drafted journey as a file: keys in the order of the reference, short lines, comments that say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from clew.conditions.model import Condition, Event, Silent
from clew.discovery.drafting.event_words import one_line, spoken_kind
from clew.discovery.drafting.model import Dropped, Findings
from clew.ingest.guessed_names import flow
from clew.journeys.model import AgainKind, Back, Handoff, Journey, Kpi, Stage, Variant, WaitingOn
from clew.questions.words import counted

WIDTH = 120
_REMARK_FROM = 40  # column where remarks behind short lines stand
_SCHEMA = "# yaml-language-server: $schema=../schemas/journey.schema.json"
_WORK_LEFT = (
    "It is a start for a talk, not the truth. What the log cannot tell is yours to add: owner and review; what the "
    "customer does, needs and expects in each stage; what is passed on in a handoff; targets. What is not marked below "
    "is an assumption."
)


def file_text(journey: Journey, findings: Findings, *, basis: str) -> str:
    """Write the file.

    basis  what it was drafted from, as one sentence
    """
    lines = [
        _SCHEMA,
        *_comment(f"{basis} {_WORK_LEFT}"),
        *_head(journey, findings),
        *_ends(journey, findings),
        "stages:",
        *(line for stage in journey.stages for line in _stage(stage, findings)),
        *_section("handoffs", (_handoff(handoff) for handoff in journey.handoffs)),
        *_section("kpis", (_kpi(kpi) for kpi in journey.kpis)),
        *_section("variants", (line for variant in journey.variants for line in _variant(variant))),
        *_section("marks", _marks(findings.marks)),
        *_left_out(findings, journey.subject.kind),
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str, first: str = "# ", further: str = "# ") -> list[str]:
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def _section(key: str, lines: Iterable[str]) -> Iterator[str]:
    written = list(lines)
    if written:
        yield f"{key}:"
        yield from written


def _with_remark(line: str, remark: str | None) -> Iterator[str]:
    """A line with its comment behind it, or above it where the two are too long together."""
    if not remark:
        yield line
        return
    together = f"{line:<{_REMARK_FROM}}  # {remark}" if len(line) < _REMARK_FROM else f"{line}  # {remark}"
    if len(together) <= WIDTH:
        yield together
        return
    indent = " " * (len(line) - len(line.lstrip()))
    yield from _comment(remark, f"{indent}# ", f"{indent}# ")
    yield line


def _head(journey: Journey, findings: Findings) -> Iterator[str]:
    yield f"journey: {journey.name}"
    yield f"title: {flow(journey.title)}"
    kind, column = journey.subject.kind, journey.subject.column
    yield f"subject: {{{kind}: {flow(column)}}}" if column else "subject: account"
    if journey.value:
        yield f"value: {{attribute: {flow(journey.value)}}}"
    if journey.starts:
        yield f"starts: {_condition(journey.starts)}"
    if journey.again.kind is AgainKind.AFTER_END:
        yield from _with_remark("again: {after: ended}", findings.remarks.get("again"))


def _ends(journey: Journey, findings: Findings) -> Iterator[str]:
    if journey.ends:
        yield "ends:"
    for end in journey.ends:
        more = (", good: true" if end.good else "") + (", reopens: true" if end.reopens else "")
        remark = findings.remarks.get(f"ends.{end.name}")
        if isinstance(end.when, Silent):
            yield f"  {end.name}:"
            yield from _silent(end.when)
            yield from ["    reopens: true"] if end.reopens else []
        else:
            yield from _with_remark(f"  {end.name}: {_condition(end.when)[:-1]}{more}}}", remark)


def _silent(silent: Silent) -> Iterator[str]:
    yield "    silent:"
    yield from _list("      events: ", silent.events)
    yield f"      for: {silent.duration}"


def _list(lead: str, names: Sequence[str]) -> Iterator[str]:
    """Names in brackets, wrapped between them."""
    line, indent = f"{lead}[", " " * (len(lead) + 1)
    for number, name in enumerate(names):
        item = flow(name) + ("]" if number == len(names) - 1 else ", ")
        if len(line) + len(item.rstrip()) > WIDTH and line.strip() != "[":
            yield line.rstrip()
            line = indent
        line += item
    yield line


def _condition(condition: Condition) -> str:
    """An event, of one name or of several."""
    assert isinstance(condition, Event)
    names = [flow(name) for name in condition.names]
    return f"{{event: {names[0]}}}" if len(names) == 1 else f"{{event: [{', '.join(names)}]}}"


def _stage(stage: Stage, findings: Findings) -> Iterator[str]:
    def remarked(key: str, text: str) -> Iterator[str]:
        yield from _with_remark(f"    {key}: {text}", findings.remarks.get(f"{stage.name}.{key}"))

    yield f"  - stage: {stage.name}"
    yield from remarked("enter", _condition(stage.enter))
    if stage.team:
        yield f"    team: {flow(stage.team)}"
    if stage.waiting_on is not WaitingOn.US:
        yield f"    waiting_on: {stage.waiting_on}"
    if stage.limit:
        yield f"    limit: {stage.limit}"
    if stage.optional:
        yield "    optional: true"
    if stage.back is not Back.ALLOWED:
        yield from remarked("back", str(stage.back))
    if stage.touchpoints:
        yield "    touchpoints:"
    for touchpoint in stage.touchpoints:
        parts = {"name": touchpoint.name, "channel": touchpoint.channel, "team": touchpoint.team}
        given = [f"{key}: {flow(value)}" for key, value in {**parts, "event": touchpoint.event}.items() if value]
        yield f"      - {{{', '.join(given)}}}"


def _handoff(handoff: Handoff) -> str:
    parts = [f"from: {flow(handoff.source)}", f"to: {flow(handoff.target)}", f"sent: {_condition(handoff.sent)}"]
    if handoff.accepted:
        parts.append(f"accepted: {_condition(handoff.accepted)}")
    if handoff.accept_within:
        parts.append(f"accept_within: {handoff.accept_within}")
    lines = ["  - {" + parts[0]]
    for part in parts[1:]:
        fits = len(lines[-1]) + len(part) + 3 <= WIDTH
        lines = [*lines[:-1], f"{lines[-1]}, {part}"] if fits else [*lines[:-1], f"{lines[-1]},", f"     {part}"]
    return "\n".join(lines) + "}"


def _kpi(kpi: Kpi) -> str:
    points = ", ".join(flow(str(point)) for point in kpi.metric["time"])  # type: ignore[attr-defined]
    return f"  - {{kpi: {kpi.name}, metric: {{time: [{points}], statistic: {kpi.metric['statistic']}}}}}"


def _variant(variant: Variant) -> Iterator[str]:
    yield f"  {variant.name}:"
    yield f"    when: {{segment: {variant.name}}}"
    yield "    stages:"
    for stage, changes in variant.stages.items():
        yield f"      {stage}: {{limit: {changes['limit']}}}"


def _marks(marks: Mapping[str, str]) -> Iterator[str]:
    for element, shown in marks.items():
        yield f"  {flow(element)}: {{evidence: {flow(shown)}}}"


def _left_out(findings: Findings, kind: str) -> Iterator[str]:
    if findings.notes or findings.dropped:
        yield ""
    for note in findings.notes:
        yield from _comment(f"Not drafted: {note}.", further="#   ")
    if findings.dropped:
        yield "# Left out, with how often it happened and why:"
    for one in findings.dropped:
        yield from _comment(f"{_counts(one, kind)}: {one.reason}", first="#   ", further="#     ")


def _counts(one: Dropped, kind: str) -> str:
    subjects = f", {one.subjects:,} {spoken_kind(kind, one.subjects)}" if one.subjects else ""
    return f"{one_line(one.event)} ({counted(one.occurrences, 'time')}{subjects})"


def basis(*, events: int, subjects: int, kind: str, through: str) -> str:
    """Say what a draft was made from."""
    return f"Drafted from {events:,} events of {subjects:,} {spoken_kind(kind, subjects)}, up to {through}."
