"""Which role of a buying committee a source's own word means."""

from __future__ import annotations

import pytest

from clew.context.roles import CommitteeRole, role_of

MEANT = [
    ("Champion", CommitteeRole.CHAMPION),
    ("decision_maker", CommitteeRole.DECISION_MAKER),
    ("Executive Sponsor", CommitteeRole.EXECUTIVE_SPONSOR),
    ("Plant manager", CommitteeRole.DECISION_MAKER),
    ("CFO", CommitteeRole.DECISION_MAKER),
    ("Managing Director", CommitteeRole.DECISION_MAKER),
    ("Geschäftsführer", CommitteeRole.DECISION_MAKER),
    ("Head of purchasing", CommitteeRole.PROCUREMENT),  # the more telling word wins
    ("Einkauf", CommitteeRole.PROCUREMENT),
    ("Economic buyer", CommitteeRole.DECISION_MAKER),  # no buyer by trade
    ("Key user", CommitteeRole.USER),
    ("End-user", CommitteeRole.USER),
    ("IT architect", CommitteeRole.INFLUENCER),
    ("Assistant to the CEO", None),
    ("Headhunter", None),
    ("billing", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("text", "role"), MEANT)
def test_a_word_of_a_source_means_a_role(text: str | None, role: CommitteeRole | None) -> None:
    assert role_of(text) is role


@pytest.mark.parametrize("role", CommitteeRole)
def test_a_role_means_itself(role: CommitteeRole) -> None:
    assert role_of(role.value) is role_of(role.value.title().replace(" ", "-")) is role
