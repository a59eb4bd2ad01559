"""When a handoff that was sent is judged, and when its receipt is late: one rule for receipts, conform and facts."""

from __future__ import annotations

import numpy as np
import pytest

from clew.clock import NEVER
from clew.engine.receipts import judged

NOW, DUE = 100, 50


@pytest.mark.parametrize(
    ("accepted", "due", "is_open", "decided", "late"),
    [
        (40, DUE, True, True, False),
        (DUE, DUE, True, True, False),  # at the instant at which it is due it is in time
        (60, DUE, True, True, True),
        (NEVER, DUE, True, True, True),
        (NEVER, DUE, False, True, True),
        (NEVER, NOW, True, True, True),  # due now, and everything until now is known
        (60, 150, True, False, False),  # fast ones are not judged before slow ones can be
        (NEVER, 150, True, False, False),
        (NEVER, 150, False, False, False),
        (60, NEVER, True, True, False),  # without a limit its receipt decides, or the end of the run
        (NEVER, NEVER, True, False, False),
        (NEVER, NEVER, False, True, True),
    ],
)
def test_a_receipt_is_judged_when_it_is_due(accepted: int, due: int, is_open: bool, decided: bool, late: bool) -> None:
    found = judged(np.array([accepted]), np.array([due]), is_open=np.array([is_open]), as_of=NOW)

    assert (found.decided.tolist(), found.late.tolist()) == ([decided], [late])
