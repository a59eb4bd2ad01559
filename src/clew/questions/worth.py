"""What runs are worth: where the value is unknown because its text is no number, and how to say so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE
from clew.engine.attributes import Units, code_in_force
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.words import counted

Values = NDArray[np.int64]
_LONGEST = 30  # characters shown of a text that is no number


def no_numbers(ground: Ground) -> Callable[[Frame, Values], Values]:
    """Kernel: for runs of a frame the code of the text that is no number; NO_CODE where there is no such text.

    The attribute is the one that the journey names as its value, as of the view.
    """
    name, of_account = ground.journey.value, ground.journey.subject.kind == "account"

    def kernel(frame: Frame, run: Values) -> Values:
        runs, code = frame.folded.runs, np.full(len(run), NO_CODE, np.int64)
        unknown = np.flatnonzero(runs.value[run] == NO_VALUE)
        if name is None or not len(unknown):
            return code
        amounts = ground.terms.amounts(name)
        if not bool((amounts[:-1] == NO_VALUE).any()):
            return code
        subjects = run[unknown]
        units = Units(runs.thread[subjects], runs.subject[subjects], of_account)
        when = np.full(len(subjects), ground.as_of, np.int64)
        found = code_in_force(frame.bucket, ground.terms, units, name, unit=np.arange(len(subjects)), when=when)
        code[unknown] = np.where(amounts[found] == NO_VALUE, found, NO_CODE)
        return code

    return kernel


def no_numbers_note(ground: Ground, codes: Values, *, known: int, n: int, of: str) -> str:
    """Return a sentence on the runs whose value is written as no number, "" where there is none.

    codes  of the texts, NO_CODE among them; known, n  runs with a value, and all; of  what is counted, as "open run"
    """
    codes = codes[codes != NO_CODE]
    if not len(codes):
        return ""
    names = ground.view.names[f"attribute:{ground.journey.value}"]
    text = min(names.text(code) for code in np.unique(codes).tolist())
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return (
        f"Value known for {known:,} of {counted(n, of)}; "
        f"of {len(codes):,} the text of '{ground.journey.value}' is no number, as '{shown}'."
    )
