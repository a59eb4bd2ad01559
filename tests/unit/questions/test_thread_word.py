"""What a thread is called: an account wherever a source names any, else the only kind of thing there is."""

from __future__ import annotations

from clew.questions.threads import plural, thread_word
from clew.testing import memory_log

AT = "2026-01-01T09:00"


def test_threads_are_accounts_where_any_source_names_one() -> None:
    assert thread_word(memory_log([("acme", AT, "opened", {"ticket": "t1"})], subjects=("ticket",))) == "account"


def test_without_accounts_they_are_called_what_they_are() -> None:
    view = memory_log(
        [(None, AT, "opened", {"ticket": "t1"}), (None, AT, "closed", {"ticket": "t2"})], subjects=("ticket",)
    )

    assert thread_word(view) == "ticket"
    assert [plural(word) for word in ("ticket", "opportunity")] == ["tickets", "opportunities"]
