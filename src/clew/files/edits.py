"""Change one part of a YAML text: every line that is not about it stays as it is, comments included."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from clew.errors import ClewError, FileProblems
from clew.files.lines import (
    column_of,
    comments_above,
    end_of_entry,
    has_only_spaces_before,
    line_end,
    line_start,
)
from clew.files.rendering import Value, in_block, in_flow, rendered_entry
from clew.files.spans import ListSpan, MapSpan, ScalarSpan, Span, Step, Way, at, spans


class NotEditable(ClewError):
    """This is written in a way that only the text can change; edit it as text."""

    code = "not-editable"


def put(text: str, way: Way, value: Value, order: Sequence[str] = ()) -> str:
    """Write a value at a way, over what stands there or as a new entry; missing groups above it are made.

    order   keys of the group that gets a new entry, as they should follow each other
    Raises  NotEditable
    """
    found = at(spans(text), way)
    if found is not None:
        return _checked(_over(text, way, found, value))
    depth = _deepest(spans(text), way)
    for step in reversed(way[depth + 1 :]):
        if isinstance(step, int):
            raise NotEditable
        value = {step: value}
    return _checked(_new_entry(text, way[: depth + 1], value, order if depth + 1 == len(way) else ()))


def drop(text: str, way: Way) -> str:
    """Take an entry or item away, and groups above it that would be left empty."""
    tree = spans(text)
    if at(tree, way) is None:
        return text
    parent = at(tree, way[:-1])
    assert isinstance(parent, ListSpan | MapSpan)
    parts = parent.items if isinstance(parent, ListSpan) else parent.entries
    if len(parts) == 1 and len(way) > 1:
        return drop(text, way[:-1])
    if parent.flow:
        return _checked(_without_flow(text, parent, _number(parent, way[-1])))
    if isinstance(parent, ListSpan):
        return _checked(_without_item(text, parent, _number(parent, way[-1])))
    return _checked(_without_entry(text, parent, _number(parent, way[-1])))


def insert(text: str, way: Way, place: int, value: Value) -> str:
    """Write a new item into the list at a way; a list that is not there is made."""
    found = at(spans(text), way)
    if not isinstance(found, ListSpan) or not found.items:
        return put(text, way, [value])
    place = min(place, len(found.items))
    if found.flow:
        beside = found.items[min(place, len(found.items) - 1)]
        written = in_flow(value)
        if place < len(found.items):
            return _checked(text[: beside.start] + written + ", " + text[beside.start :])
        return _checked(text[: beside.end] + ", " + written + text[beside.end :])
    column = column_of(text, found.start)
    item = " " * column + "- " + in_block(value, column + 2)
    start, _ = chunk(text, found, min(place, len(found.items) - 1))
    gap = "\n\n" if text[start - 2 : start] == "\n\n" and len(found.items) > 1 else "\n"
    if place < len(found.items):
        return _checked(text[:start] + item + gap + text[start:])
    _, end = chunk(text, found, place - 1)
    return _checked(text[:end] + gap + item + text[end:])


def move(text: str, way: Way, place: int, to: int) -> str:
    """Move an item of the list at a way to another place, with the comments above it."""
    step = 1 if to > place else -1
    for now in range(place, to, step):
        found = at(spans(text), way)
        if not isinstance(found, ListSpan) or not 0 <= now + step < len(found.items):
            return text
        first, second = (_extent(text, found, number) for number in sorted((now, now + step)))
        parts = (text[: first[0]], text[slice(*second)], text[first[1] : second[0]], text[slice(*first)])
        text = _checked("".join((*parts, text[second[1] :])))
    return text


def rename(text: str, way: Way, name: str) -> str:
    """Write another key for the entry at a way."""
    parent = at(spans(text), way[:-1])
    entry = parent.entry(str(way[-1])) if isinstance(parent, MapSpan) else None
    if entry is None:
        return text
    return _checked(text[: entry[0].start] + in_flow(name) + text[entry[0].end :])


def put_list(text: str, way: Way, items: Sequence[str], order: Sequence[str] = ()) -> str:
    """Make the list at a way hold these texts; those that stay keep their place and their comments."""
    found = at(spans(text), way)
    if not items:
        return drop(text, way)
    if not isinstance(found, ListSpan) or not all(isinstance(item, ScalarSpan) for item in found.items):
        return put(text, way, list(items), order)
    written = [item.text.strip() for item in found.items if isinstance(item, ScalarSpan)]
    if not written:
        return put(text, way, list(items), order)
    for tag, i, j, a, b in reversed(SequenceMatcher(a=written, b=list(items), autojunk=False).get_opcodes()):
        if tag != "equal":
            text = _spliced(text, way, (i, j), items[a:b])
    return text


def _spliced(text: str, way: Way, old: tuple[int, int], new: Sequence[str]) -> str:
    """Put new items in place of a run of old ones."""
    first, last = old
    both = min(last - first, len(new))
    for number in range(both):
        text = put(text, (*way, first + number), new[number])
    for number, item in enumerate(new[both:]):
        text = insert(text, way, first + both + number, item)
    for number in reversed(range(first + both, last)):
        text = drop(text, (*way, number))
    return text


def _over(text: str, way: Way, found: Span, value: Value) -> str:
    """Write a value over another."""
    is_scalar = isinstance(found, ScalarSpan) and found.end > found.start
    if (isinstance(value, str) and is_scalar) or (not isinstance(found, ScalarSpan) and found.flow):
        return text[: found.start] + in_flow(value) + text[found.end :]
    parent, step = at(spans(text), way[:-1]), way[-1]
    if isinstance(parent, MapSpan):
        key, _ = parent.entry(str(step)) or (None, None)
        assert key is not None
        end = max(found.end, text.index(":", key.end) + 1)
        written = rendered_entry(key.text, value, None if parent.flow else column_of(text, key.start))
        return text[: key.start] + written + text[end:]
    column = column_of(text, found.start)
    return text[: found.start] + in_block(value, column) + text[found.end :]


def _deepest(tree: Span, way: Way) -> int:
    """How many steps of a way lead to a group that is there."""
    for depth in range(len(way) - 1, -1, -1):
        found = at(tree, way[:depth])
        if isinstance(found, MapSpan):
            return depth
        if isinstance(found, ScalarSpan) and found.is_empty:
            continue
        if found is not None:
            raise NotEditable
    raise NotEditable


def _new_entry(text: str, way: Way, value: Value, order: Sequence[str]) -> str:
    parent, name = at(spans(text), way[:-1]), str(way[-1])
    assert isinstance(parent, MapSpan)
    if (there := parent.entry(name)) is not None:  # an empty value stands there
        return _over(text, way, there[1], value)
    if parent.flow:
        return _new_in_flow(text, parent, name, value, order)
    column = column_of(text, parent.entries[0][0].start)
    written = rendered_entry(name, value, column)
    before = _follows(parent, name, order)
    if before < 0:
        start = parent.entries[0][0].start
        return text[:start] + written + "\n" + " " * column + text[start:]
    key, last = parent.entries[before]
    end = end_of_entry(text, max(last.end, text.index(":", key.end) + 1), column)
    return text[:end] + "\n" + " " * column + written + text[end:]


def _new_in_flow(text: str, parent: MapSpan, name: str, value: Value, order: Sequence[str]) -> str:
    written = rendered_entry(name, value, None)
    if not parent.entries:
        return text[: parent.start] + "{" + written + "}" + text[parent.end :]
    before = _follows(parent, name, order)
    if before < 0:
        start = parent.entries[0][0].start
        return text[:start] + written + ", " + text[start:]
    key, last = parent.entries[before]
    end = max(last.end, key.end)
    return text[:end] + ", " + written + text[end:]


def _follows(parent: MapSpan, name: str, order: Sequence[str]) -> int:
    """Number of the entry that a new one follows, -1 where it comes first."""
    if name not in order:
        return len(parent.entries) - 1
    earlier = order[: order.index(name)]
    places = [number for number, (key, _) in enumerate(parent.entries) if key.text in earlier]
    return max(places, default=-1)


def _without_flow(text: str, parent: ListSpan | MapSpan, number: int) -> str:
    parts = _parts(parent)
    start, end = parts[number]
    if number + 1 < len(parts):
        return text[:start] + text[parts[number + 1][0] :]
    if number:
        return text[: parts[number - 1][1]] + text[end:]
    return text[:start] + text[end:]


def _without_item(text: str, parent: ListSpan, number: int) -> str:
    """An item goes with the empty line that set it apart."""
    start, end = chunk(text, parent, number)
    follows_gap = text[start - 2 : start] == "\n\n"
    if follows_gap and (text[end : end + 2] == "\n\n" or number == len(parent.items) - 1):
        start -= 1
    return text[:start] + text[end + 1 :]


def _without_entry(text: str, parent: MapSpan, number: int) -> str:
    key, value = parent.entries[number]
    if not has_only_spaces_before(text, key.start) and number + 1 < len(parent.entries):
        return text[: key.start] + text[parent.entries[number + 1][0].start :]
    end = line_end(text, max(value.end, text.index(":", key.end) + 1))
    return text[: line_start(text, key.start)] + text[end + 1 :]


def _parts(parent: ListSpan | MapSpan) -> list[tuple[int, int]]:
    if isinstance(parent, ListSpan):
        return [(item.start, item.end) for item in parent.items]
    return [(key.start, max(key.end, value.end)) for key, value in parent.entries]


def _number(parent: ListSpan | MapSpan, step: Step) -> int:
    if isinstance(parent, MapSpan):
        return next(number for number, (key, _) in enumerate(parent.entries) if key.text == step)
    return int(step)


def _extent(text: str, found: ListSpan, number: int) -> tuple[int, int]:
    item = found.items[number]
    return (item.start, item.end) if found.flow else chunk(text, found, number)


def chunk(text: str, found: ListSpan, number: int) -> tuple[int, int]:
    """The lines of an item of a block list: comments above it, itself, deeper comments below; without the last break.

    Raises NotEditable where it does not begin on a line of its own
    """
    column = column_of(text, found.start)
    start = line_start(text, found.items[number].start)
    while text[start + column : start + column + 1] != "-" or text[start : start + column].strip():
        if start <= line_start(text, found.start):
            raise NotEditable
        start = line_start(text, start - 1)
    least = end_of_entry(text, found.items[number - 1].end, column) + 1 if number else 0
    end = max(found.items[number].end, start + column + 1)
    return comments_above(text, start, column, least=least), end_of_entry(text, end, column)


def _checked(text: str) -> str:
    """The text, where it still is one. Raises NotEditable."""
    try:
        spans(text)
    except FileProblems as fault:
        raise NotEditable from fault
    return text
