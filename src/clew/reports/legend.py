"""The legend: a small drawing and its words for everything that the picture uses. It wraps and is never cut."""

from __future__ import annotations

from markupsafe import Markup

from clew.reports.svg import element, line, paint, rectangle

_W, _H = 32, 16  # pixels of a swatch


def legend() -> list[tuple[Markup, str]]:
    """Return (swatch, words) in reading order."""
    return [
        (_swatch(_planned()), "planned: the stage, as tall as all runs that started (dashed: optional)"),
        (_swatch(rectangle(9, 0, 14, _H, **paint(fill="accent"))), "what happened: visits, to scale"),
        (_swatch(rectangle(0, 4, _W, 8, **paint(fill="flow"))), "moves ahead, to scale; an arch skips stages"),
        (
            _swatch(element("path", d="M6 3h18c8 0 8 10 0 10H4", stroke_width=4, **paint(stroke="back"))),
            "moves back to an earlier stage",
        ),
        (
            _swatch(rectangle(0, 4, 24, 8, **paint(fill="flow")), line(25, 2, 25, 14, token="accent", width=3)),
            "● ended well",
        ),
        (
            _swatch(rectangle(0, 4, 24, 8, **paint(fill="gone")), line(25, 2, 25, 14, token="quiet", width=3)),
            "✕ ended otherwise",
        ),
        (_swatch(rectangle(10, 2, 12, 12, stroke_width=1, **paint(fill="paper", stroke="accent"))), "here now"),
        (
            _swatch(rectangle(10, 2, 12, 12, **paint(fill="alert", stroke="alert"))),
            "▲ here and stalled: beyond the norm",
        ),
        (_swatch(*_time()), "median time with its interval, line to P90"),
        (
            _swatch(element("path", d="M12 16V1l8 4-8 4", stroke_width=1.5, **paint(stroke="outline"))),
            "limit that the owner set",
        ),
    ]


def _planned() -> Markup:
    return element("path", d="M1 1h24l6 7-6 7H1Z", stroke_width=1.25, **paint(stroke="outline"))


def _time() -> tuple[Markup, ...]:
    circle = element("circle", cx=9, cy=8, r=4, stroke_width=2.5, **paint(fill="paper", stroke="accent"))
    return (
        line(9, 8, 30, 8, token="accent", width=1.5),
        line(30, 3, 30, 13, token="accent", width=1.5),
        line(2, 8, 16, 8, token="accent", width=6),
        circle,
    )


def _swatch(*parts: Markup) -> Markup:
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=_W,
        height=_H,
        viewBox=f"0 0 {_W} {_H}",
        aria_hidden="true",
    )
