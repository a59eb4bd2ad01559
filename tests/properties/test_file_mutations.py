"""Every mistake in a workspace file is told in the right line: each key, value and reference of every example, altered.

The mutations are made in the text, with spans from the YAML library's own composer, and by tables of this file: nothing
here asks our shapes what would be wrong.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from clew.context.vocabulary import DEFAULTS  # events of acts, which no source need declare
from clew.files.scan import scan
from clew.workspace.draft import FileRead, read_draft, read_file

ROOT = Path(__file__).resolve().parents[2]
WORKSPACES = sorted(
    path.parent
    for pattern in ("examples/*", "src/clew/templates/*", "tests/unit/workspace/*")
    for path in ROOT.glob(f"{pattern}/clew.yaml")
)

# Keys that are names of the firm's own, by the path of their map; "*" stands for such a name, "[]" for an item.
# "?" is any condition inside any, all, not. All other keys are words of the language, where a typo is a mistake.
OWN_NAMES = """
calendars teams people segments ends variants variants.*.stages marks files account links[] subjects attributes
join.on join[].on events[].when subject where count.where scores ready
""".split()

REFERENCES = {  # path of a value (or, with a closing ":", of a key) -> kind of the name
    "journey": {
        "stages[].team": "team",
        "stages[].touchpoints[].team": "team",
        "stages[].touchpoints[].event": "event",
        "handoffs[].from": "team",
        "handoffs[].to": "team",
        "value.attribute": "attribute",
        "owner.professional": "person",
        "owner.operational": "person",
        "part_of.journey": "journey",
        "part_of.stage": "stage",
        "subject.*": "column",
        "subject.*:": "subject",
        "kpis[].metric.time[]": "event",
        "kpis[].metric.share[]": "event",
        "variants.*.stages.*:": "stage",
        "variants.*.stages.*.team": "team",
        "marks.*:": "element",
    },
    "firm": {"teams.*.calendar": "calendar", "people.*.team": "team"},
    "source": {"team.always": "team", "events[].team.always": "team", "attributes.*.of": "subject"},
    "meanings": {
        "revenue.attribute": "attribute",
        "requests.subject": "subject",
        "about": "property",
        "stated.says": "property",
        "promises.id": "property",
        "promises.due": "property",
        "scores.*.property": "property",
    },
}
IN_CONDITIONS = {  # last keys of a path inside a condition -> kind
    "event": "event",
    "event[]": "event",
    "silent.events": "event",
    "silent.events[]": "event",
    "count.event": "event",
    "count.event[]": "event",
    "segment": "segment",
    "stage": "stage",
    "attribute": "attribute",
    "date": "attribute",
    "where.*:": "property",
    "score": "property",
}
CONDITION_ROOTS = re.compile(
    r"^(starts|ends\.\*|stages\[\]\.enter|handoffs\[\]\.(sent|accepted)|variants\.\*\.when|segments\.\*"
    r"|customers|lost|renewed|expanded|loud|(sent|asked|stated|frictions|silence|ready\.\*)\.when|asked\.answered"
    r"|promises\.(made|kept)|requests\.(opened|answered|reopened|closed)|ready\.\*\.outreach)(?=\.|$)"
)
DECLARATIONS = {  # where names are declared, key (":") or value -> kind
    "firm": {"calendars.*:": "calendar", "teams.*:": "team", "people.*:": "person", "segments.*:": "segment"},
    "source": {"attributes.*:": "attribute", "subjects.*:": "subject", "events[].event": "event"},
    "journey": {"journey": "journey", "stages[].stage": "stage"},
    "meanings": {},
}
REQUIRED: dict[str, dict[str, tuple[str, ...]]] = {
    "firm": {"": ("firm", "currency", "time_zone")},
    "source": {
        "events[]": ("event", "at"),
        "contact": ("id",),
        "join": ("file", "on"),
        "join[]": ("file", "on"),
        "attributes.*": ("column",),
        "team": ("always",),
        "channel": ("always",),
        "events[].team": ("always",),
        "events[].channel": ("always",),
    },
    "journey": {
        "": ("journey", "stages"),
        "value": ("attribute",),
        "review": ("every",),
        "again": ("after",),
        "part_of": ("journey", "stage"),
        "stages[]": ("stage", "enter"),
        "stages[].touchpoints[]": ("name",),
        "handoffs[]": ("from", "to", "sent"),
        "kpis[]": ("kpi", "metric"),
        "variants.*": ("when", "stages"),
    },
    "meanings": {
        "revenue": ("attribute",),
        "sent": ("when",),
        "asked": ("when",),
        "stated": ("when", "says"),
        "promises": ("made", "kept", "id"),
        "requests": ("subject", "opened"),
        "scores.*": ("property", "good", "poor"),
        "ready.*": ("when", "outreach"),
    },
}
IN_CONDITIONS_REQUIRED = """
event silent events for count segment attribute date before after at_least at_most is in known any all not score stage
""".split()

# Values of a closed form, by the last key of their path: no phrase is one of them.
CLOSED_FORM = """
limit wait within for before after every accept_within target at_least at_most above below good reopens milestone
optional working known kind waiting_on back statistic again time_zone currency holidays[] pauses[] hours.* hours.*[]
decimal thousands delimiter encoding time_format journey stage kpi notice answer_within poor teams gaps times watch
""".split()


@dataclass(frozen=True)
class Mutation:
    """One mistake.

    lines  the places (file, line) of which one must be told
    """

    what: str
    path: Path
    text: str
    lines: frozenset[tuple[Path, int]]


@dataclass(frozen=True)
class Place:
    """A key or a value: its path in the file, its text, its span in the file's text, and what it is.

    kind  key | scalar | list | map; entry: the spans around a key's entry, for removal
    """

    path: str
    text: str
    start: int
    end: int
    line: int
    kind: str
    flow: bool = False
    parent: Any = None
    index: int = 0


def kind_of_file(path: Path) -> str:
    if path.name == "meanings.yaml":
        return "meanings"
    return {"sources": "source", "journeys": "journey"}.get(path.parent.name, "firm")


def files_of(folder: Path) -> list[Path]:
    below = (
        path for pattern in ("sources/*.yaml", "journeys/*.yaml", "meanings.yaml") for path in folder.glob(pattern)
    )
    return [folder / "clew.yaml", *sorted(below)]


@cache
def places(path: Path) -> tuple[Place, ...]:
    text = path.read_text("utf-8")
    return tuple(_walk(YAML(typ="safe", pure=True).compose(text), "", text))


def _walk(node: Any, path: str, text: str) -> Iterator[Place]:
    start, end, line = node.start_mark.index, node.end_mark.index, node.start_mark.line + 1
    if isinstance(node.value, str):
        yield Place(path, node.value, start, end, line, "scalar")
        return
    is_map = bool(node.value) and isinstance(node.value[0], tuple)
    end = start + len(text[start:end].rstrip())
    yield Place(path, "", start, end, line, "map" if is_map else "list", bool(node.flow_style))
    for index, item in enumerate(node.value):
        if not is_map:
            yield from _walk(item, f"{path}[]", text)
            continue
        key, value = item
        own = _is_own(path)
        below = f"{path}.{'*' if own else key.value}".lstrip(".")
        yield Place(
            below, key.value, key.start_mark.index, key.end_mark.index, key.start_mark.line + 1, "key",
            bool(node.flow_style), node, index,
        )  # fmt: skip
        yield from _walk(value, below, text)


def _is_own(path: str) -> bool:
    if CONDITION_ROOTS.match(path):
        return _last(path) == "where"
    return path in OWN_NAMES


def mutations(folder: Path) -> Iterator[Mutation]:
    for path in files_of(folder):
        text = path.read_text("utf-8")
        for place in places(path):
            yield from _mistakes(folder, path, text, place)


def _mistakes(folder: Path, path: Path, text: str, place: Place) -> Iterator[Mutation]:
    def told(what: str, new: str, *lines: tuple[Path, int]) -> Mutation:
        return Mutation(f"{what} at {place.path}", path, new, frozenset(lines or ((path, place.line),)))

    if place.kind == "key":
        yield from _key_mistakes(folder, path, text, place, told)
        return
    wrong = "[{zzz: 1}]" if place.kind == "map" or _last(place.path) == "on" else "{zzz: 1}"
    if place.path:
        yield told(f"{place.kind} of another form", _put(text, place.start, place.end, wrong))
    if place.kind == "scalar":
        if not place.path.endswith("]"):
            yield told("empty value", _put(text, place.start, place.end, ""))
        if _is_reference(folder, path, place):
            yield told("misspelled reference", _misspelled(text, place))
        if _is_closed_form(path, place):
            yield told("unfit value", _put(text, place.start, place.end, "qq qq"))
        yield from _declaration_mistakes(folder, path, text, place, told)
        first = next(one for one in places(path) if (one.path, one.kind) == (place.path, "scalar"))
        if place.path in ("stages[].stage", "kpis[].kpi") and first is not place:
            yield told("name twice", _put(text, place.start, place.end, first.text))


def _key_mistakes(folder: Path, path: Path, text: str, place: Place, told: Any) -> Iterator[Mutation]:
    own = place.path.endswith("*")
    if not own or _is_reference(folder, path, place):
        yield told("misspelled key", _misspelled(text, place))
    if own:
        yield from _declaration_mistakes(folder, path, text, place, told)
    column = place.start - text.rfind("\n", 0, place.start) - 1
    written = text[place.start : place.end]
    doubled = f"{written}: zzz, " if place.flow else f"{written}: zzz\n{' ' * column}"
    yield told(
        "key written twice",
        text[: place.start] + doubled + text[place.start :],
        (path, place.line if place.flow else place.line + 1),
    )
    if _is_required(path, place):
        start, end = _entry_span(text, place)
        line = text.count("\n", 0, place.parent.start_mark.index) + 1
        single = len(place.parent.value) == 1 and not place.flow
        yield told("missing key", _put(text, start, end, "{}" if single else ""), (path, line))


def _entry_span(text: str, place: Place) -> tuple[int, int]:
    """What goes when an entry goes: up to the next key, or from the end of the entry before."""
    entries = place.parent.value
    if place.index + 1 < len(entries):
        return place.start, entries[place.index + 1][0].start_mark.index
    end = entries[place.index][1].end_mark.index
    end = place.start + len(text[place.start : end].rstrip())
    if place.index == 0:
        return place.start, end
    before = entries[place.index - 1]
    before_end = before[1].end_mark.index
    return before[0].start_mark.index + len(text[before[0].start_mark.index : before_end].rstrip()), end


def _declaration_mistakes(folder: Path, path: Path, text: str, place: Place, told: Any) -> Iterator[Mutation]:
    """A declared name that others mention, misspelled: each mention dangles, and one of them must be told."""
    written = place.path + (":" if place.kind == "key" else "")
    kind = DECLARATIONS[kind_of_file(path)].get(written)
    if (
        kind is None
        or (kind == "event" and ("{" in place.text or place.text in DEFAULTS))
        or len(_declared(folder, kind, place.text, path)) > 1
    ):
        return
    mentions = [
        (file, one.line)
        for file in files_of(folder)
        for one in places(file)
        if one.text == place.text and _reference_kind(file, one) == kind and _is_reference(folder, file, one)
        if kind != "stage" or _stage_scope(folder, file, one) == path
        if kind != "subject" or kind_of_file(file) in ("journey", "meanings") or file == path
    ]
    if not mentions or (kind == "event" and _fits_template(folder, place.text)):
        return
    yield told("declared name misspelled", _misspelled(text, place), *mentions)
    elsewhere = [mention for mention in mentions if mention[0] != path]  # in this file lines move
    if place.kind == "key" and elsewhere and len(place.parent.value) > 1:
        start, end = _entry_span(text, place)
        yield told("declaration missing", _put(text, start, end, ""), *elsewhere)


def _stage_scope(folder: Path, file: Path, one: Place) -> Path | None:
    """The file whose stages a mention means."""
    if one.path != "part_of.stage":
        return file
    above = next(place.text for place in places(file) if place.path == "part_of.journey" and place.kind == "scalar")
    homes = _declared(folder, "journey", above, file)
    return homes[0] if homes else None


def _declared(folder: Path, kind: str, name: str, path: Path) -> list[Path]:
    """The files that declare a name, once for each time; stages count within their own journey."""
    return [
        file
        for file in files_of(folder)
        for one in places(file)
        if one.text == name
        and DECLARATIONS[kind_of_file(file)].get(one.path + (":" if one.kind == "key" else "")) == kind
        and (kind != "stage" or file == path)
    ]


def _reference_kind(path: Path, place: Place) -> str | None:
    written = place.path + (":" if place.kind == "key" else "")
    root = CONDITION_ROOTS.match(place.path)
    if root and kind_of_file(path) != "source":
        inside = re.sub(r"(^|\.)(any|all)\[\]|(^|\.)not(?=\.)", "", written[root.end() :]).lstrip(".")
        return IN_CONDITIONS.get(inside) or IN_CONDITIONS.get(inside.removeprefix("count."))
    return REFERENCES[kind_of_file(path)].get(written)


def _is_reference(folder: Path, path: Path, place: Place) -> bool:
    """Whether a misspelling of this name must be noticed."""
    kind = _reference_kind(path, place)
    if kind == "event":
        return not _fits_template(folder, place.text[:1] + "qq" + place.text[1:])
    if kind == "person":
        return any(one.path == "people" for one in places(folder / "clew.yaml"))
    if kind == "property":
        return _all_properties_listed(folder)
    return kind is not None


def _fits_template(folder: Path, name: str) -> bool:
    """Whether a source with {column} places could name an event like this."""
    templates = [
        re.sub(r"\{[^{}]*\}", "*", one.text)
        for file in files_of(folder)
        for one in places(file)
        if kind_of_file(file) == "source" and one.path == "events[].event" and "{" in one.text
    ]
    return any(fnmatch.fnmatchcase(name, template) for template in templates)


def _all_properties_listed(folder: Path) -> bool:
    sources = [file for file in files_of(folder) if kind_of_file(file) == "source"]
    return all(any(one.path == "properties" for one in places(file)) for file in sources)


def _is_required(path: Path, place: Place) -> bool:
    parent = place.path.rpartition(".")[0]
    root = CONDITION_ROOTS.match(parent)
    if root and kind_of_file(path) != "source":
        within = place.text == "for" and not parent.endswith("silent")
        return place.text in IN_CONDITIONS_REQUIRED and not within and ".where" not in parent
    return place.text in REQUIRED[kind_of_file(path)].get(parent, ())


def _is_closed_form(path: Path, place: Place) -> bool:
    if kind_of_file(path) == "source" and re.search(r"(\]\.when|^(files|account|subjects|attributes))\.", place.path):
        return False
    inside = re.search(r"(hours\.\*(\[\])?|[a-z_]+(\[\])?)$", place.path)
    return inside is not None and inside[0] in CLOSED_FORM


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _misspelled(text: str, place: Place) -> str:
    at = place.start + 1 + (text[place.start] in "\"'")
    return text[:at] + "qq" + text[at:]


def is_caught(folder: Path, mutation: Mutation, unaltered: dict[Path, FileRead]) -> bool:
    def read(kind: str, path: Path) -> FileRead:
        return unaltered[path] if path != mutation.path else read_file(kind, path, lambda _: scan(mutation.text, path))

    problems = read_draft(folder, read).problems
    told = {((ROOT / problem.path).resolve(), problem.line) for problem in problems}
    return bool(told & mutation.lines)


@pytest.mark.parametrize("folder", WORKSPACES, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_mistake_is_told_in_its_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    unaltered = {path: read_file(kind_of_file(path), path) for path in files_of(folder)}
    assert read_draft(folder).problems == []

    made = list(mutations(folder))
    missed = [mutation for mutation in made if not is_caught(folder, mutation, unaltered)]

    kinds = Counter(mutation.what.partition(" at ")[0] for mutation in made)
    print(f"{len(made) - len(missed)} of {len(made)} mistakes told in the right line: {dict(kinds)}")
    assert [f"{mutation.what} {sorted(mutation.lines)}" for mutation in missed] == []


def test_each_example_and_template_is_altered() -> None:
    names = {folder.name for folder in WORKSPACES}

    assert {"onboarding", "escalation", "renewal", "design_example", "meanings_example"} <= names
