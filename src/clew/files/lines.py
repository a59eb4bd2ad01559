"""Lines of a text by offset, and which comments belong to what stands beside them."""

from __future__ import annotations


def line_start(text: str, place: int) -> int:
    """Offset of the beginning of the line."""
    return text.rfind("\n", 0, max(place, 0)) + 1


def line_end(text: str, place: int) -> int:
    """Offset of the line's break, or of the end of the text."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def column_of(text: str, place: int) -> int:
    """Signs between the beginning of the line and a place."""
    return place - line_start(text, place)


def has_only_spaces_before(text: str, place: int) -> bool:
    """Whether what stands at a place is the first of its line."""
    return not text[line_start(text, place) : place].strip(" ")


def end_of_entry(text: str, place: int, column: int) -> int:
    """End of the line, and of the comments behind it that stand deeper than a column."""
    end = line_end(text, place)
    while end < len(text):
        following = line_end(text, end + 1)
        if not _is_comment(text[end + 1 : following], deeper_than=column):
            return end
        end = following
    return end


def comments_above(text: str, start: int, column: int, *, least: int = 0) -> int:
    """Beginning of the comments directly above a line that stand no deeper than a column; not before `least`."""
    while start > least:
        above = line_start(text, start - 1)
        line = text[above : start - 1]
        if above < least or not line.strip().startswith("#") or len(line) - len(line.lstrip(" ")) > column:
            return start
        if above == 0:  # what the file begins with speaks of the whole file
            return start
        start = above
    return start


def _is_comment(line: str, *, deeper_than: int) -> bool:
    return line.strip().startswith("#") and len(line) - len(line.lstrip(" ")) > deeper_than
