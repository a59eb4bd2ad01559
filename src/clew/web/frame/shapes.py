"""Small shapes that stand beside a word, so that a state can be told without colour."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from clew.reports.svg import element, paint

_SIZE = 12  # pixels

# kind -> (shape, attributes); the class colours the words beside it
_SHAPES: Mapping[str, tuple[str, dict[str, object]]] = {
    "good": ("circle", {"cx": 6, "cy": 6, "r": 5, **paint(fill="accent")}),
    "bad": ("path", {"d": "M6 1l5.5 10h-11Z", **paint(fill="alert")}),
    "waiting": ("circle", {"cx": 6, "cy": 6, "r": 4.5, "stroke_width": 1.5, **paint(stroke="outline")}),
    "late": ("path", {"d": "M6 1l5 5-5 5-5-5Z", "stroke_width": 1.5, **paint(stroke="alert")}),
    "same": ("path", {"d": "M2 4.5h8M2 7.5h8", "stroke_width": 1.5, **paint(stroke="outline")}),
    "none": ("path", {"d": "M2 6h8", "stroke_width": 1.5, **paint(stroke="outline")}),
}
KINDS = tuple(_SHAPES)


def shape(kind: str) -> Markup:
    """Draw the shape of a state: good, bad, waiting, late, same, none."""
    name, attributes = _SHAPES[kind]
    return element(
        "svg",
        element(name, **attributes),  # type: ignore[arg-type]
        width=_SIZE,
        height=_SIZE,
        viewBox=f"0 0 {_SIZE} {_SIZE}",
        aria_hidden="true",
        class_="shape",
    )


def badge(kind: str, words: str) -> Markup:
    """A state: shape and word."""
    return Markup('<span class="badge {}">{} {}</span>').format(kind, shape(kind), escape(words))
