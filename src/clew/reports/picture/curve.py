"""How long a stage takes as a curve: the share of stays that last longer, with its band, the limit and the median."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from clew.clock import US
from clew.reports.measure import text_width
from clew.reports.picture.scale import Scale, span_scale
from clew.reports.svg import drawing, element, line, paint, text
from clew.reports.tokens import SMALL
from clew.reports.words import span
from clew.stats.survival import SurvivalCurve

WIDTH, NARROW, HEIGHT = 640.0, 344.0, 216.0  # pixels
_LEFT, _TOP, _BOTTOM, _RIGHT = 48.0, 20.0, 32.0, 16.0
_TALL = HEIGHT - _TOP - _BOTTOM
MOST = 400  # points of a path: more cannot be told apart
Points = Sequence[tuple[float, float]]


def curve(found: SurvivalCurve, *, title: str, key: str, width: float = WIDTH, limit_s: float | None = None) -> Markup:
    """Draw a curve; limit_s: the owner's limit in elapsed seconds."""
    seconds = [float(each) / US for each in found.durations]
    reach = [*seconds[-1:], *([limit_s] if limit_s else [])]
    scale = span_scale([max(reach)], width - _LEFT - _RIGHT)
    rows = _thinned(len(seconds))
    share, low, high = (
        [(seconds[row], float(column[row])) for row in rows] for column in (found.share, found.low, found.high)
    )
    parts = [*_axes(scale), _band(low, high, scale), _line(share, scale), *_limit(limit_s, scale), *_half(found, scale)]
    words = f"Share of {found.n:,} stays that last longer than so long; {found.ended:,} have ended."
    return drawing(width, HEIGHT, *parts, title=title, description=words, key=key)


def _thinned(count: int) -> list[int]:
    step = max(1, count // MOST)
    return sorted({*range(0, count, step), count - 1})


def _x(seconds: float, scale: Scale) -> float:
    return _LEFT + scale.at(seconds)


def _y(share: float) -> float:
    return _TOP + (1 - share) * _TALL


def _axes(scale: Scale) -> list[Markup]:
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(line(_LEFT, _y(share), _LEFT + scale.width, _y(share), token="ink" if share == 0 else "hair"))
        parts.append(text(_LEFT - 8, _y(share) + 5, f"{share:.0%}".replace("%", " %"), token="quiet", anchor="end"))
    for seconds, words in scale.ticks():
        at, whole = _x(seconds, scale), text_width(words, SMALL)
        left = max(min(at - whole / 2, _LEFT + scale.width + _RIGHT - whole), 0.0)
        parts += [line(at, _y(0), at, _y(0) + 4), text(left, _y(0) + 20, words, token="quiet")]
    return parts


def _steps(points: Points, scale: Scale) -> str:
    """A staircase from the left."""
    path, before = f"M{_LEFT:.1f} {_y(1):.1f}", 1.0
    for seconds, share in points:
        if share != before:
            path += f"H{_x(seconds, scale):.1f}V{_y(share):.1f}"
            before = share
    return f"{path}H{_x(points[-1][0], scale):.1f}" if points else path


def _line(points: Points, scale: Scale) -> Markup:
    return element("path", d=_steps(points, scale), stroke_width=2, **paint(stroke="accent"))


def _band(low: Points, high: Points, scale: Scale) -> Markup:
    back = "".join(f"L{_x(seconds, scale):.1f} {_y(share):.1f}" for seconds, share in reversed(low))
    return element("path", d=f"{_steps(high, scale)}{back}L{_LEFT:.1f} {_y(1):.1f}Z", opacity=0.5, **paint(fill="flow"))


def _limit(limit_s: float | None, scale: Scale) -> list[Markup]:
    if not limit_s:
        return []
    at, words = _x(limit_s, scale), f"limit {span(limit_s)}"
    left = min(at + 4, _LEFT + scale.width + _RIGHT - text_width(words, SMALL))
    post = line(at, _TOP - 8, at, _y(0), token="outline", width=1.5, dash="4 3")
    return [post, text(left, _TOP - 6, words, token="quiet", halo=True)]


def _half(found: SurvivalCurve, scale: Scale) -> list[Markup]:
    below = [row for row, share in enumerate(found.share) if share <= 0.5]
    if not below:
        return []
    at = _x(float(found.durations[below[0]]) / US, scale)
    return [element("circle", cx=at, cy=_y(0.5), r=5, stroke_width=2.5, **paint(fill="paper", stroke="accent"))]
