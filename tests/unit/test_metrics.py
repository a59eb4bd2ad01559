"""Figures are exposed as Prometheus reads them, and each of them is explained on a page."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from clew import metrics
from clew.metrics import Measure, exposition

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/metrics.md"


def test_counts_of_the_process_and_measured_figures_stand_in_one_text() -> None:
    metrics.REFUSED.labels("too-large").inc()
    measured = [
        Measure("clew_tail_rows", "Rows.", 5),
        Measure("clew_workers", "Alive.", 2, {"role": "web"}),
        Measure("clew_workers", "Alive.", 1, {"role": "worker"}),
    ]

    families = {family.name: family for family in text_string_to_metric_families(exposition(measured).decode())}

    assert {"code": "too-large"} in [sample.labels for sample in families["clew_ingest_refused"].samples]
    assert [sample.value for sample in families["clew_tail_rows"].samples] == [5]
    assert {sample.labels["role"]: sample.value for sample in families["clew_workers"].samples} == {
        "web": 2,
        "worker": 1,
    }


def test_every_figure_of_a_process_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")

    assert not [family.name for family in metrics.REGISTRY.collect() if f"`{family.name}" not in page]
