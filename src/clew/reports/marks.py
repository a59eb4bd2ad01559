"""The small shapes that stand beside a state, so that it can be told without colour."""

from __future__ import annotations

from markupsafe import Markup

from clew.reports.svg import element, paint

_SIZE = 12  # pixels


def state_shape(state: str) -> Markup:
    """A filled circle where a target is met, a triangle where not, an empty circle where the data allow both."""
    match state:
        case "met":
            inner = element("circle", cx=6, cy=6, r=5, **paint(fill="accent"))
        case "not met":
            inner = element("path", d="M6 1l5.5 10h-11Z", **paint(fill="alert"))
        case "not shown":
            inner = element("circle", cx=6, cy=6, r=4.5, stroke_width=1.5, **paint(stroke="outline"))
        case _:
            inner = element("path", d="M2 6h8", stroke_width=1.5, **paint(stroke="outline"))
    return element(
        "svg", inner, width=_SIZE, height=_SIZE, viewBox=f"0 0 {_SIZE} {_SIZE}", aria_hidden="true", class_="shape"
    )


def level_marks(level: int | None, highest: int, *, failure: bool) -> Markup:
    """As many filled circles as the level, empty ones up to the highest; dashes where it is not known.

    From level 2 on a failure is drawn in the colour of what goes wrong; the words beside say so too.
    """
    colour = "alert" if failure and (level or 0) > 1 else "accent"
    shapes = [_mark(place, level, colour) for place in range(highest)]
    width = _SIZE * highest + 4 * (highest - 1)
    return element(
        "svg", *shapes, width=width, height=_SIZE, viewBox=f"0 0 {width} {_SIZE}", aria_hidden="true", class_="level"
    )


def _mark(place: int, level: int | None, colour: str) -> Markup:
    x = place * (_SIZE + 4)
    if level is None:
        return element("path", d=f"M{x + 2} 6h8", stroke_width=1.5, **paint(stroke="outline"))
    if place < level:
        return element("circle", cx=x + 6, cy=6, r=5.5, **paint(fill=colour))
    return element("circle", cx=x + 6, cy=6, r=4.75, stroke_width=1.5, **paint(stroke="outline"))
