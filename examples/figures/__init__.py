"""Our figure for each known fact, by the fact's name; each function asks the questions that a person would ask."""

from collections.abc import Callable, Mapping, Sequence

from figures import crm, olist, volvo
from figures.asking import Asker, Cell, Row

__all__ = ["FIGURES", "Asker", "Cell", "Row"]

FIGURES: Mapping[str, Callable[[Asker], Sequence[Row]]] = {
    "O2": olist.won,
    "O3": olist.won_by_origin,
    "O4": olist.days_to_won,
    "O5": olist.days_to_won_by_origin,
    "O6": olist.cohorts,
    "O8": olist.ever_sold,
    "B1": volvo.size,
    "B2": volvo.lengths,
    "B3": volvo.durations,
    "B4": volvo.status_pairs,
    "B5": volvo.event_pairs,
    "B6": volvo.handoffs,
    "B7": volvo.pingpong,
    "B8": volvo.pingpong_of_lines,
    "B9": volvo.durations_by_pingpong,
    "B10": volvo.first_line_only,
    "B11": volvo.dwell,
    "B12": volvo.waits_for_users,
    "M2": crm.deal_stages,
    "M3": crm.win_rate,
    "M4": crm.days_to_close,
    "M5": crm.managers,
}
