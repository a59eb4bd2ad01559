"""A threshold as a small ruler: a dot with its interval for the present, a flag where the verdict would turn."""

from __future__ import annotations

from markupsafe import Markup

from clew.reports.diagnosed import Ruler
from clew.reports.svg import drawing, element, line, paint, rectangle, text
from clew.reports.words import amount, figure, full

WIDTH, HEIGHT = 320.0, 24.0  # pixels
_LEFT, _RIGHT, _Y = 16.0, 264.0, 15.0


def ruler(shown: Ruler, key: str, currency: str = "") -> Markup:
    """Draw one threshold on a line from zero; the side on which it is crossed is thick."""
    limit = _at(shown.limit.value or 0.0, shown)
    crossed = (limit, _RIGHT) if shown.above else (_LEFT, limit)
    words = f"{full(shown.now, currency)}; threshold {figure(shown.limit, currency)}, {shown.distance}"
    return drawing(
        WIDTH,
        HEIGHT,
        line(_LEFT, _Y, _RIGHT, _Y, token="outline"),
        rectangle(crossed[0], _Y - 3, max(crossed[1] - crossed[0], 1.0), 6, **paint(fill="back")),
        *_flag(limit, shown.above),
        *_present(shown),
        text(0, _Y + 5, "0", token="quiet"),
        text(_RIGHT + 6, _Y + 5, amount(shown.top, shown.now.unit, currency).replace(".0", ""), token="quiet"),
        title=shown.title,
        description=words,
        key=key,
    )


def _flag(x: float, above: bool) -> list[Markup]:
    """A pole with a pennant that points to the side on which the verdict turns."""
    side = 7 if above else -7
    return [
        line(x, 1, x, _Y + 6, token="alert", width=1.5),
        element("path", d=f"M{x:g} 1l{side} 3.5l{-side} 3.5Z", **paint(fill="alert")),
    ]


def _present(shown: Ruler) -> list[Markup]:
    marks, now = [], shown.now
    if now.low is not None and now.high is not None:
        marks.append(line(_at(now.low, shown), _Y, _at(now.high, shown), _Y, token="accent", width=3))
    style = {**paint(fill="accent", stroke="paper"), "stroke_width": 1.5}
    return [*marks, element("circle", cx=_at(now.value or 0.0, shown), cy=_Y, r=5.5, **style)]


def _at(value: float, shown: Ruler) -> float:
    """The place of a value in pixels, held inside the ruler."""
    return round(_LEFT + (_RIGHT - _LEFT) * min(max(value / shown.top, 0.0), 1.0), 1)
