"""What all drawings of one picture share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """Words for those who do not see it, a key for its ids, its width in pixels, the currency, where stalls link to.

    hidden  not shown unless the page's style asks for it: a variant for another width
    """

    title: str
    description: str
    key: str
    width: float
    currency: str
    link: str
    hidden: bool = False
