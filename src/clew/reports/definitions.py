"""What every number of the report means, in one or two sentences each."""

from __future__ import annotations

from clew.reports.model import Definition

DEFINITIONS = (
    Definition(
        "run",
        "Run",
        "One subject (an account, a ticket) on its way through one journey, from its start to its end.",
    ),
    Definition(
        "visit",
        "Visit",
        "One stay of a run in one stage. A run that comes back to a stage visits it again.",
    ),
    Definition(
        "flow",
        "Flow",
        "The number of moves from one stage to another. The width is to scale. A move may skip stages "
        "forward or lead back.",
    ),
    Definition(
        "planned",
        "Planned and actual",
        "Outlined: what the map says should happen, with every run that started passing every stage. "
        "Filled: what did happen.",
    ),
    Definition(
        "median",
        "Median time",
        "The time after which half of the visits have been left (Kaplan-Meier). Visits that still last "
        "count as long as they have lasted, so the figure does not favour the quick ones.",
    ),
    Definition(
        "p90",
        "P90",
        "The time after which nine of ten visits have been left (Kaplan-Meier).",
    ),
    Definition(
        "censored",
        "Censored",
        "The share of visits whose end was not seen: the run stands there still, or nothing was heard of it any more. "
        "Only their least length is known.",
    ),
    Definition(
        "limit",
        "Limit",
        "The time that the owner of the journey allows for a stage. Working days follow the calendar of the team.",
    ),
    Definition(
        "stalled",
        "Stalled",
        "An open visit that lasts longer than its norm: the owner's limit or, without one, the P90 of the "
        "same stage in the run's own segment.",
    ),
    Definition(
        "weight",
        "Value × days over",
        "The value of the run times the days beyond the norm: what makes one stalled run more urgent than another.",
    ),
    Definition(
        "waiting-on",
        "Waiting on",
        "Whose move it is, as the map says: us, the customer, a third party, or a timer. Unowned: ours, "
        "but no team is named.",
    ),
    Definition(
        "timer",
        "Timer",
        "A wait that ends by itself after a fixed time, such as an automatic closing. Nobody stalls in it.",
    ),
    Definition(
        "handoff",
        "Handoff",
        "The work on a run passes from one team to another: two successive events of the run carry different teams.",
    ),
    Definition(
        "waiting",
        "Waiting at a handoff",
        "The time from the last event of the one team to the first event of the other.",
    ),
    Definition(
        "returned",
        "Came back",
        "The share of handoffs after which the run later went back to the team that gave it.",
    ),
    Definition(
        "receipt",
        "Receipt",
        "What shows that a handoff of the map was taken over. Half, or nine of ten, have it by the time shown "
        "(Kaplan-Meier); what has none counts as waiting at least until now.",
    ),
    Definition(
        "in-time",
        "Received in time",
        "The share of handoffs with a receipt within the limit of the map, in the calendar of the receiving team. Only "
        "handoffs sent so long ago that the limit has passed count.",
    ),
    Definition(
        "fits",
        "Fits its map",
        "The share of runs in which no stage was skipped or out of order; coming back where the map allows it is "
        "forgiven, and a run may stop early. Runs that entered no stage are left out.",
    ),
    Definition(
        "stale",
        "Staleness",
        "0 is a fresh map, 100 a stale one: recent events and runs that it does not explain, the age of its last "
        "review, elements that nobody has shown to be true. Weights and thresholds are judgement.",
    ),
    Definition(
        "signal-rate",
        "Rate of a detector",
        "Signals found per occasion on which one could have been found. The interval comes from resampling accounts.",
    ),
    Definition(
        "signal-accounts",
        "Share of accounts",
        "Of the accounts with such an occasion, those with at least one signal.",
    ),
    Definition(
        "signal-trend",
        "Last quarter",
        "The share of accounts with a signal in the last whole quarter, less that of the one before, with its 95 % "
        "interval. Unclear: the interval holds zero.",
    ),
    Definition(
        "signal-revenue",
        "Revenue touched",
        "What customers of today with a signal bring a year; n: those of whom it is known. No loss is meant.",
    ),
    Definition(
        "kpi",
        "KPI",
        "A metric of the map with its target. Met or not met: the whole interval lies on that side of the target. Not "
        "shown: the interval holds the target, so the data allow both.",
    ),
    Definition(
        "repeat",
        "Repeat",
        "A further visit of a stage by the same run. The time in them is elapsed time, up to now where they go on.",
    ),
    Definition(
        "ping-pong",
        "To and fro",
        "A run goes from team A to team B and back to A; each way back counts as one return.",
    ),
    Definition(
        "conversion",
        "Conversion within a window",
        "The share of runs that reach the second point within the time named after the first. Runs that "
        "have not had that time are left out and counted.",
    ),
    Definition(
        "share",
        "Share",
        "Part of the whole, with its 95 % Wilson interval. Differences of shares: Newcombe's interval.",
    ),
    Definition(
        "interval",
        "Interval",
        "The range that contains the true figure in 95 of 100 such samples, if the data are like those to come.",
    ),
    Definition(
        "n",
        "n",
        "The number of observations that a figure rests on.",
    ),
    Definition(
        "too-few",
        "Too few",
        "Below a stated n no number is shown, but how many more observations it needs.",
    ),
    Definition(
        "value",
        "Value",
        "The attribute that the journey names as its value, in the firm's currency, as last known.",
    ),
    Definition(
        "assumption",
        "Assumption",
        "An element of the map that nobody has shown to be true yet. What the map does not mark as "
        "evidence is an assumption.",
    ),
)
