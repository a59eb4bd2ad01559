"""What a process counts of its own work, and how all figures are exposed: the text format of Prometheus.

Counters and histograms belong to one process: whoever scrapes adds the processes up. Gauges that all share (depths,
lags) are measured in the database when somebody asks, `clew.live.health.measures`: every process would tell the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY = CollectorRegistry()

_FAST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

REQUESTS = Counter(
    "clew_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY
)  # route as declared: /sources/{source}
REQUEST_S = Histogram("clew_http_seconds", "Time to answer.", ("route",), buckets=_FAST_S, registry=REGISTRY)
EVENTS = Counter(
    "clew_events", "Events by source and what became of them.", ("source", "became"), registry=REGISTRY
)  # received | accepted | duplicate | rejected | held | late | about
REFUSED = Counter("clew_ingest_refused", "Bodies refused before anything was kept.", ("code",), registry=REGISTRY)
COMMIT_S = Histogram("clew_ingest_commit_seconds", "Time to make bodies durable.", buckets=_FAST_S, registry=REGISTRY)
COMMIT_BODIES = Histogram(
    "clew_ingest_commit_bodies",
    "Bodies in one commit.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
    registry=REGISTRY,
)
FOLDED_ROWS = Counter("clew_fold_rows", "Rows folded into the live state.", registry=REGISTRY)
FOLDED_THREADS = Counter("clew_fold_threads", "Threads folded anew.", ("cause",), registry=REGISTRY)  # event | time
TRANSITIONS = Counter("clew_transitions", "Changes of runs.", ("cause",), registry=REGISTRY)
FOLD_S = Histogram("clew_fold_seconds", "Time of one round of folding.", buckets=_FAST_S, registry=REGISTRY)
VISIBLE_S = Histogram(
    "clew_visible_seconds", "From receiving an event to its state.", buckets=_SLOW_S, registry=REGISTRY
)
DUE_LAG_S = Histogram("clew_due_lag_seconds", "From a due instant to its wake.", buckets=_SLOW_S, registry=REGISTRY)
CONTEXTS = Counter("clew_contexts", "Accounts whose context was derived.", registry=REGISTRY)
CONTEXT_LAG_S = Histogram(
    "clew_context_lag_seconds", "From a fold of an account to its context.", buckets=_SLOW_S, registry=REGISTRY
)
ARCHIVE_S = Histogram("clew_archive_seconds", "Time to write a generation.", buckets=_SLOW_S, registry=REGISTRY)
FAILURES = Counter("clew_failures", "Steps that failed and were tried again or parked.", ("part",), registry=REGISTRY)
FENCED = Counter("clew_fenced", "Writes refused because another process had taken over.", ("part",), registry=REGISTRY)
HELD_LEASES = Gauge("clew_leases_held", "Leases that this process holds.", registry=REGISTRY)


@dataclass(frozen=True)
class Measure:
    """One figure that was measured for all processes.

    name    as Prometheus has it: clew_inbox_bodies
    labels  for example {"shard": "3"}
    """

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def exposition(measured: Iterable[Measure] = ()) -> bytes:
    """Return the figures of this process, and those measured, in the text format of Prometheus."""
    shared = CollectorRegistry()
    shared.register(_Measured(measured))
    return generate_latest(REGISTRY) + generate_latest(shared)


class _Measured(Collector):
    def __init__(self, measured: Iterable[Measure]) -> None:
        self._measured = list(measured)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._measured:
            family = families.setdefault(one.name, GaugeMetricFamily(one.name, one.help, labels=sorted(one.labels)))
            family.add_metric([one.labels[label] for label in sorted(one.labels)], one.value)
        yield from families.values()
