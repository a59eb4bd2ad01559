"""How wide a text is, and where to break it, without a font at hand: estimates that err on the wide side."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

from clew.reports.widths import BOLD, REGULAR

_WIDE, _EMOJI, _UNKNOWN = 1000, 1400, 720  # thousandths of the font size
_REGULAR = {letter: width for width, letters in REGULAR.items() for letter in letters}
_BOLD = {letter: width for width, letters in BOLD.items() for letter in letters}
_BREAK_AFTER = "-/_.:+,;|\\"
_SPACES = re.compile("[ \t\r\n]+")  # spaces that do not break stay
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûåøæœ")
_TOGETHER = ("sch", "ch", "ck", "ph", "th", "sh", "qu", "st")
_SEARCH = 6  # letters to look back for a place where a syllable may begin
ELLIPSIS = "…"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in pixels at a font size, not less than in the usual system sans fonts."""
    return sum(_letter_width(letter, bold) for letter in text) * size / 1000


def wrap(text: str, width: float, size: float, *, bold: bool = False, lines: int = 99) -> list[str]:
    """Break a text into lines no wider than `width` pixels; beyond `lines` the rest is cut with an ellipsis.

    Breaks at spaces, else after - / _ . and the like, between ideographs, else anywhere with a hyphen.
    """
    done: list[str] = []
    line = ""
    for piece in _pieces(text):
        if text_width((line + piece).rstrip(), size, bold=bold) <= width:
            line += piece
            continue
        if line.strip():
            done.append(line.rstrip())
        *full, line = _split_long(piece.lstrip(), width, size, bold=bold)
        done.extend(full)
    if line.strip():
        done.append(line.rstrip())
    return (
        done if len(done) <= lines else [*done[: lines - 1], clip(" ".join(done[lines - 1 :]), width, size, bold=bold)]
    )


def clip(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Shorten a text with an ellipsis until it fits."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text.rstrip() + ELLIPSIS, size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _pieces(text: str) -> list[str]:
    """Split where a line may break; spaces stay at the end of the piece before."""
    pieces, piece = [], ""
    plain = _SPACES.sub(" ", text.strip())
    for letter, following in pairwise(f"{plain} ") if plain else ():
        piece += letter
        inside_number = letter in ".,:" and following.isdigit()
        if letter == " " or (letter in _BREAK_AFTER and not inside_number) or _is_wide(letter):
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces


def _split_long(piece: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Cut a piece that is wider than a whole line, with hyphens; the last part may stay short."""
    parts = []
    while text_width(piece.rstrip(), size, bold=bold) > width and len(piece) > 1:
        keep = len(piece) - 1
        while keep > 1 and text_width(piece[:keep] + "-", size, bold=bold) > width:
            keep -= 1
        keep = _syllable(piece, keep)
        parts.append(piece[:keep] + "-")
        piece = piece[keep:]
    return [*parts, piece]


def _syllable(word: str, keep: int) -> int:
    """Move a cut back to where a syllable may begin: a consonant and a vowel after it, no pair like 'ch' torn."""
    folded = word.rstrip().casefold()
    for cut in range(min(keep, len(folded) - 3), max(keep - _SEARCH, 2), -1):
        begins = next((pair for pair in _TOGETHER if folded.startswith(pair, cut)), folded[cut])
        if folded[cut - 1 : cut + 1] in _TOGETHER or begins[0] in _VOWELS or not begins[0].isalpha():
            continue
        if folded[cut + len(begins) : cut + len(begins) + 1] in _VOWELS or begins == "qu":
            return cut
    return keep


@cache
def _letter_width(letter: str, bold: bool) -> int:
    known = (_BOLD if bold else _REGULAR).get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Cf"):
        return 0
    if ord(letter) >= 0x1F000:
        return _EMOJI
    return _WIDE if _is_wide(letter) else _UNKNOWN


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")
