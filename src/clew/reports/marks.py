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
