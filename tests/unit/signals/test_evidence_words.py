"""What detectors say, as pages say it."""

from __future__ import annotations

import pytest

from clew.signals.parts.evidence_words import evidence_words

SAYS = {
    "ticket:T-12, opened 2026-11-04 10:14, had no answer": "Ticket T-12, opened 4 Nov 2026, 10:14, had no answer",
    "stood in 'Offered' of renewal since 2026-10-06.": "Stood in 'Offered' of renewal since 6 Oct 2026.",
    "Sales said 'note: 2 weeks' about price": "Sales said 'note: 2 weeks' about price",
    "contract:C-7-2 waits, as 2026-13-40 says": "Contract C-7-2 waits, as 2026-13-40 says",
}


@pytest.mark.parametrize("says", SAYS)
def test_things_and_days_are_told_as_people_write_them(says: str) -> None:
    assert evidence_words(says) == SAYS[says]
