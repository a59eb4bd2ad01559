"""A file as a form: its fields and repeated parts, read from the text, and the text with what was filled in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clew.errors import BadRequest
from clew.files.edits import drop, insert, move, put
from clew.files.order import keys_at
from clew.files.rendering import OneLine, Value
from clew.files.shapes import Shape
from clew.files.spans import ListSpan, MapSpan, Span, Way, at, spans
from clew.workspace.editing.fields import (
    NEW,
    Field,
    Spec,
    as_written,
    blank,
    changed,
    given_values,
    is_preset,
    read_field,
    value_of,
)

_FEW = 4  # so many short entries stand in one line

Given = Callable[[str], Sequence[str]]  # all values of a field by its name; none where it was not sent


@dataclass(frozen=True)
class Repeated:
    """Things of one kind in a file: stages, handoffs, teams.

    way    of the list, or of the group whose keys are their names
    named  they are entries of a group; the first spec is their name
    below  things of another kind inside each
    rest   way of the field in whose place other keys are shown as they are written
    """

    way: Way
    title: str
    specs: Sequence[Spec]
    named: bool = False
    below: Sequence[Repeated] = ()
    rest: Way = ()

    @property
    def known(self) -> set[str]:
        """The keys that its fields are about."""
        ways = [*(one.way for one in self.specs), *(one.way for one in self.below)]
        return {str(way[0]) for way in ways if way}


@dataclass(frozen=True)
class Part:
    """One of them.

    number  from 0      last  whether none comes after it
    """

    way: Way
    number: int
    last: bool
    fields: Sequence[Field]
    below: Sequence[Section] = ()

    @property
    def name(self) -> str:
        return "/".join(str(step) for step in self.way)

    def field(self, *way: str) -> Field:
        """A field by its way below the part."""
        return next(one for one in self.fields if one.spec.way == way)


@dataclass(frozen=True)
class Section:
    """Things of one kind, and the empty fields of a further one."""

    repeated: Repeated
    parts: Sequence[Part]
    further: Part


@dataclass(frozen=True)
class Form:
    """A whole file."""

    head: Sequence[Field]
    sections: Mapping[str, Section] = field(default_factory=dict)
    rest: str = ""  # what else the file says, as it is written

    def all_fields(self) -> list[Field]:
        """Every field, in the order of the form."""
        return [*self.head, *(one for part in self.parts() for one in part.fields)]

    def parts(self) -> Iterator[Part]:
        """Every part, those above before those inside them."""
        for section in self.sections.values():
            yield from _parts_of(section)


@dataclass(frozen=True)
class FileForm:
    """What the form of a kind of file asks for."""

    shape: Shape[Any]
    head: Sequence[Spec]
    repeated: Sequence[Repeated]
    unshown: frozenset[str] = frozenset()  # keys that are no matter of this form

    def read(self, text: str) -> Form:
        """Read a text. Raises FileProblems where it is no YAML."""
        tree = spans(text)
        head = [read_field(text, tree, spec, ()) for spec in self.head]
        ways = [*(one.way for one in self.head), *(one.way for one in self.repeated)]
        known = {str(way[0]) for way in ways} | self.unshown
        sections = {str(one.way[-1]): _section(text, tree, one, ()) for one in self.repeated}
        return Form(head, sections, _others(text, tree, known))

    def filled(self, text: str, given: Given) -> str:
        """Return the text with what was filled in; only what differs is written. Raises NotEditable."""
        form = self.read(text)
        for one in reversed(form.all_fields()):
            if sent := given(one.name):
                text = changed(text, one, sent, keys_at(self.shape, one.way[:-1]))
        for section in form.sections.values():
            text = self._with_further(text, section, given)
        return text

    def _with_further(self, text: str, section: Section, given: Given) -> str:
        for part in section.parts:
            for below in part.below:
                text = self._with_further(text, below, given)
        filled = [(one.spec, _sent(one, given)) for one in section.further.fields]
        if all(is_preset(spec, values) for spec, values in filled):
            return text
        way = section.further.way[:-1]
        if section.repeated.named:
            name = _free(filled[0][1], [str(part.way[-1]) for part in section.parts])
            return put(text, (*way, name), _nested(filled[1:]), keys_at(self.shape, way))
        place = next(iter(given(f"{section.further.name}/place")), "")
        return insert(text, way, int(place) if place.isdecimal() else len(section.parts), _nested(filled))


def act(form: Form, text: str, do: str) -> str:
    """Do what a button of a part says: up:stages/2, down:stages/2, remove:stages/2. Raises BadRequest, NotEditable.

    form  as it was read from the text
    """
    doing, _, name = do.partition(":")
    part = next((one for one in form.parts() if one.name == name), None)
    if part is None or doing not in ("up", "down", "remove"):
        raise BadRequest(f"'{do}' is nothing that this form does; allowed: up, down, remove with the place of a part")
    if doing == "remove":
        return drop(text, part.way)
    return move(text, part.way[:-1], part.number, max(0, part.number + (1 if doing == "down" else -1)))


def _section(text: str, tree: Span, repeated: Repeated, base: Way) -> Section:
    way = (*base, *repeated.way)
    found = at(tree, way)
    ways = _ways(found, way)
    parts = [
        Part(
            each,
            number,
            number == len(ways) - 1,
            _fields(text, tree, repeated, each),
            [_section(text, tree, below, each) for below in repeated.below],
        )
        for number, each in enumerate(ways)
    ]
    new = (*way, NEW)
    further = Part(new, len(ways), True, [blank(spec, new) for spec in repeated.specs])
    return Section(repeated, parts, further)


def _fields(text: str, tree: Span, repeated: Repeated, way: Way) -> list[Field]:
    fields = [read_field(text, tree, spec, way) for spec in repeated.specs]
    found = at(tree, way)
    others = _others(text, found, repeated.known) if repeated.rest and found is not None else ""
    return [replace(one, written=others) if others and one.spec.way == repeated.rest else one for one in fields]


def _others(text: str, found: Span, known: Collection[str]) -> str:
    """Entries that no field is about, as they are written."""
    entries = [] if not isinstance(found, MapSpan) else [entry for entry in found.entries if entry[0].text not in known]
    return "\n".join(as_written(text, replace(key, end=max(key.end, value.end))) for key, value in entries)


def _ways(found: Span | None, way: Way) -> list[Way]:
    if isinstance(found, ListSpan):
        return [(*way, number) for number in range(len(found.items))]
    if isinstance(found, MapSpan):
        return [(*way, key.text) for key, _ in found.entries]
    return []


def _parts_of(section: Section) -> Iterator[Part]:
    for part in section.parts:
        yield part
        for below in part.below:
            yield from _parts_of(below)


def _sent(one: Field, given: Given) -> Sequence[str]:
    return given_values(one.spec.kind, given(one.name))


def _free(given: Sequence[str], known: Sequence[str]) -> str:
    """A name for something new: the one that was given, else one that is free."""
    wanted = given[0] if given else NEW
    return next(one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, 1_000))) if one not in known)


def _nested(filled: Sequence[tuple[Spec, Sequence[str]]]) -> Value:
    """A new thing as it is written: its fields in the order of their specs."""
    said = [(spec, value_of(spec.kind, values)) for spec, values in filled if not is_preset(spec, values)]
    if len(said) == 1 and (said[0][0].short or not said[0][0].way):
        return said[0][1]
    made: dict[str, Any] = {}
    for spec, value in said:
        group = made
        for step in spec.way[:-1]:
            group = group.setdefault(str(step), {})
        group[str(spec.way[-1])] = value
    return OneLine(made) if all(isinstance(value, str) for value in made.values()) and len(made) < _FEW else made
