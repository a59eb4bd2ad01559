"""Write SVG: elements with escaped texts, and colours that carry their own value and the class of their token."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from clew.reports.tokens import FONT, LIGHT, SMALL

Attribute = str | float | int | None
LINE = 17  # pixels from one line of small text to the next


def element(name: str, *children: str, **attributes: Attribute) -> Markup:
    """Return one element. Names take _ for -, a trailing _ is dropped; None leaves out; plain text is escaped."""
    given = Markup("").join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    inner = Markup("").join(children)
    return (
        Markup("<{0}{1}>{2}</{0}>").format(Markup(name), given, inner)
        if inner
        else Markup("<{}{}/>").format(Markup(name), given)
    )


def paint(fill: str | None = None, stroke: str | None = None) -> dict[str, Attribute]:
    """Return fill and stroke of tokens as attributes with their classes."""
    classes = [f"{kind}-{token}" for kind, token in (("f", fill), ("s", stroke)) if token]
    return {
        "fill": LIGHT[fill] if fill else "none",
        "stroke": LIGHT[stroke] if stroke else None,
        "class_": " ".join(classes) or None,
    }


def group(children: Iterable[str], **attributes: Attribute) -> Markup:
    """Return a <g> of elements."""
    return element("g", *children, **attributes)


def rectangle(x: float, y: float, width: float, height: float, **attributes: Attribute) -> Markup:
    """Return a <rect>."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def line(
    x1: float, y1: float, x2: float, y2: float, *, token: str = "hair", width: float = 1, dash: str | None = None
) -> Markup:
    """Return a straight line."""
    style = {**paint(stroke=token), "fill": None}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=width, stroke_dasharray=dash, **style)


def text(
    x: float,
    y: float,
    words: str,
    *,
    token: str = "ink",
    size: float = SMALL,
    bold: bool = False,
    anchor: str | None = None,
    halo: bool = False,
) -> Markup:
    """Return one line of text; `halo` sets it off from what lies under it."""
    style = paint(fill=token)
    if halo:
        style = {
            **paint(fill=token, stroke="paper"),
            "stroke_width": 3,
            "paint_order": "stroke",
            "stroke_linejoin": "round",
        }
    weight = "600" if bold else None
    return element("text", words, x=x, y=y, font_size=size, font_weight=weight, text_anchor=anchor, **style)


def drawing(
    width: float,
    height: float,
    *children: str,
    title: str,
    description: str,
    key: str,
    hidden: bool = False,
) -> Markup:
    """Return a whole <svg> with title and description; `key` makes its ids unique on the page.

    hidden  not shown unless the page's style asks for it (a variant for another width)
    """
    return element(
        "svg",
        element("title", title, id=f"{key}-t"),
        element("desc", description, id=f"{key}-d"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        width=width,
        height=height,
        role="group",
        aria_labelledby=f"{key}-t",
        aria_describedby=f"{key}-d",
        font_family=FONT,
        font_size=SMALL,
        style="display:none" if hidden else None,
        class_="drawing",
    )


def _attribute(key: str, value: Attribute) -> Markup:
    name = {"viewBox": "viewBox"}.get(key, key.rstrip("_").replace("_", "-"))
    shown = value if isinstance(value, str) else _number(value or 0)
    return Markup(' {}="{}"').format(Markup(name), escape(shown))


def _number(value: float) -> str:
    return f"{round(value, 2):g}" if abs(value) < 1e5 else str(round(value))
