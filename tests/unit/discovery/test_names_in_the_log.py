"""What a log holds, counted for a draft: the same of a view in memory and of a loaded one."""

from __future__ import annotations

from pathlib import Path

from clew.discovery.meanings.log import logged_names
from clew.sources.model import EventSpec, Source
from clew.testing import memory_log

CRM = Source("crm", 0, "v", Path("crm.yaml"), ("crm.csv",), events=(EventSpec("{what}", "at"),))
EVENTS = [
    ("a", "2026-01-01", "survey answered", {"nps": "9", "source": "surveys"}),
    ("b", "2026-01-02", "survey answered", {"nps": "3", "source": "surveys"}),
    ("b", "2026-01-03", "deal won", {"stage": "4", "source": "crm"}),
]


def test_properties_that_no_source_lists_are_those_that_are_stored() -> None:
    found = logged_names(memory_log(EVENTS, buckets=3), [CRM])

    assert found.properties == {"nps": {"survey answered": 2}, "stage": {"deal won": 1}}


def test_a_view_names_its_sources_by_rank() -> None:
    view = memory_log(EVENTS)

    assert [view.sources[rank] for rank in view.buckets()[0].source] == ["surveys", "surveys", "crm"]
