"""Clew: Customer Journey Management as one closed loop.

>>> import clew
>>> workspace = clew.open_workspace("shop")                                      # doctest: +SKIP
>>> workspace.ask(clew.Query("funnel", by=("segment",))).rows                    # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.errors import ClewError
    from clew.questions.library import OpenWorkspace, open_workspace
    from clew.questions.model import Answer, Column, Period, Query, TooFew, Unit
    from clew.questions.registry import REGISTRY

__version__ = "0.1.0"

_HOMES = {
    "Answer": "clew.questions.model",
    "ClewError": "clew.errors",
    "Column": "clew.questions.model",
    "OpenWorkspace": "clew.questions.library",
    "Period": "clew.questions.model",
    "Query": "clew.questions.model",
    "REGISTRY": "clew.questions.registry",
    "TooFew": "clew.questions.model",
    "Unit": "clew.questions.model",
    "open_workspace": "clew.questions.library",
}

__all__ = [
    "REGISTRY",
    "Answer",
    "ClewError",
    "Column",
    "OpenWorkspace",
    "Period",
    "Query",
    "TooFew",
    "Unit",
    "__version__",
    "open_workspace",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that `import clew` loads nothing heavy."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'clew' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
