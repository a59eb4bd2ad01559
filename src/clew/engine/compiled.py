"""Plain-Python loops that numba compiles where it is installed and the input is large: one definition, two speeds."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

COMPILE_FROM = 1_000_000  # rows; below, loading numba and its cached code takes longer than the loop itself
COMPILE_FROM_LOADED = 100_000  # rows, once numba is loaded in this process


def fast_enough(rows: int) -> bool:
    """Say whether so many rows are worth compiling for, and numba is there."""
    least = COMPILE_FROM_LOADED if "numba" in sys.modules else COMPILE_FROM
    return rows >= least and importlib.util.find_spec("numba") is not None


class Loop:
    """A loop over arrays with the functions it calls, all of them plain Python that numba can compile too.

    Inputs and outputs are named tuples of arrays (and numbers); the outputs are filled in place. Interpreted, the
    arrays become lists, which plain Python reads several times faster.
    """

    def __init__(self, function: Callable[..., Any], *called: Callable[..., Any]) -> None:
        self._function, self._called = function, called

    def __call__(self, inputs: tuple[Any, ...], outputs: Any, *, compiled: bool) -> Any:
        """Run the loop; returns what it returns."""
        if compiled:
            return _compiled(self._function, self._called)(*inputs, outputs)
        lists = _as_lists(outputs)
        result = self._function(*map(_as_lists, inputs), lists)
        for array, values in zip(outputs, lists, strict=True):
            array[:] = values
        return result


def _as_lists(group: Any) -> Any:
    return type(group)(*(field.tolist() if isinstance(field, np.ndarray) else field for field in group))


@lru_cache(maxsize=64)
def _compiled(function: Callable[..., Any], called: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """Compile a loop; the functions it calls are replaced by compiled ones in a copy of its module's names."""
    import numba

    names: dict[str, Any] = dict(function.__globals__)
    for each in (*called, function):
        copy = types.FunctionType(each.__code__, names, each.__name__, each.__defaults__)
        copy.__module__, copy.__qualname__ = each.__module__, each.__qualname__
        names[each.__name__] = numba.njit(copy, cache=True, nogil=True)
    loop: Callable[..., Any] = names[function.__name__]
    return loop
