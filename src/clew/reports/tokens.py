"""The few colours and sizes that page, picture and print share, and the contrast between them.

Drawings carry the light colours as their own attributes, so that they survive where the page's style does not (mail,
other programs); the page's style overrides them through classes for the dark and the print variant.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "tint": "#f3f6f5",  # quiet ground: notes, alternating lanes
    "ink": "#18211f",
    "quiet": "#55615e",  # intervals, n, definitions
    "hair": "#d4dbd9",
    "outline": "#84918d",  # what was planned
    "accent": "#0d5f58",  # what happened
    "flow": "#a9cfc9",
    "gone": "#c7cecc",  # what left before the goal
    "back": "#e3b994",  # what came back
    "alert": "#9a3a06",  # beyond the norm
}

DARK: Mapping[str, str] = {
    "paper": "#121817",
    "tint": "#1b2321",
    "ink": "#e9eeec",
    "quiet": "#a3b0ac",
    "hair": "#33403c",
    "outline": "#7b8a85",
    "accent": "#74cabf",
    "flow": "#28564f",
    "gone": "#444f4c",
    "back": "#6d4a2c",
    "alert": "#f0a36b",
}

PRINT: Mapping[str, str] = {**LIGHT, "tint": "#ffffff", "quiet": "#47524f", "hair": "#b8c2bf"}

SMALL, BODY, HEADING, TITLE = 13, 15, 20, 32  # pixels
GRID = 8
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
)

# Pairs of (letters, ground) that the page sets; each must reach 4.5:1 in every variant.
TEXT_PAIRS = tuple((text, ground) for text in ("ink", "quiet", "accent", "alert") for ground in ("paper", "tint"))
# Pairs of (shape, ground); each must reach 3:1.
SHAPE_PAIRS = (("outline", "paper"), ("accent", "paper"), ("alert", "paper"), ("accent", "flow"))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours '#rrggbb', 1..21. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def as_css(tokens: Mapping[str, str]) -> str:
    """Return the tokens as custom properties of a style sheet."""
    return "".join(f"--{name}:{value};" for name, value in tokens.items())


def drawing_css() -> str:
    """Return the rules by which drawings follow the variant: .f-<token> fills, .s-<token> strokes."""
    return "".join(f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in LIGHT)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
