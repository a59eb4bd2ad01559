"""A made-up firm's report: Nordlicht Systems sells software to mid-sized firms. All numbers are invented."""

from __future__ import annotations

from clew.clock import DAY_US
from clew.questions.model import Unit
from clew.reports.definitions import DEFINITIONS
from clew.reports.model import (
    Basis,
    BlindSpot,
    Comparison,
    Coverage,
    End,
    Figure,
    Finding,
    Flow,
    Group,
    JourneyPart,
    Panel,
    Picture,
    Place,
    Planned,
    ReportData,
    SourceCoverage,
    Stage,
    Stalled,
    StalledRun,
    Table,
    TableColumn,
)

DAY = 86400.0
AS_OF = 1_795_262_400_000_000  # 2026-11-21 12:00 UTC
TEAMS = ("Sales", "Onboarding", "Onboarding", "Delivery", "Customer success", "Customer success")
TITLES = ("Handed over", "Kick-off", "Set-up", "Migration", "First value", "Adopted")
NAMES = ("handed-over", "kick-off", "set-up", "migration", "first-value", "adopted")


def days(
    value: float | None, low: float | None = None, high: float | None = None, n: int = 0, words: str = ""
) -> Figure:
    """A span in days."""
    scaled = [None if part is None else part * DAY for part in (value, low, high)]
    return Figure(scaled[0], Unit.SPAN, scaled[1], scaled[2], n, words=words)


def share(value: float, low: float, high: float, n: int) -> Figure:
    """A share with its interval."""
    return Figure(value, Unit.SHARE, low, high, n)


def too_few(needed: int, n: int, unit: Unit = Unit.SPAN) -> Figure:
    """A figure below its stated n."""
    return Figure(None, unit, n=n, needed=needed)


def onboarding_stages() -> tuple[Stage, ...]:
    """Six stages from signature to adoption."""
    customer = (
        Planned(
            team="Sales",
            limit="3 working days",
            does="Signs and waits for a call",
            needs="One named contact",
            expects="A date",
            feels="Curious, a little anxious",
            pains=("Silence after the signature",),
            touchpoints=(Place("Welcome mail", "e-mail", "Onboarding"),),
            handoffs=("Sales to Onboarding, receipt within 1 working day",),
            evidence={"pains": "evidence: 41 interviews, June"},
        ),
        Planned(
            team="Onboarding",
            limit="7 days",
            limit_s=7 * DAY,
            milestone=True,
            does="Brings the project team to one table",
            needs="A plan with dates and names",
            feels="Confident",
            touchpoints=(Place("Kick-off meeting", "video call", "Onboarding"),),
        ),
        Planned(
            team="Onboarding",
            waiting_on="customer",
            limit="14 days",
            limit_s=14 * DAY,
            does="Delivers data, names administrators",
            needs="A short list of what is missing",
            feels="Busy with other work",
            pains=("Asked twice for the same data", "Security questionnaire takes weeks"),
            touchpoints=(Place("Set-up checklist", "portal", "Onboarding"), Place("Reminder", "e-mail", "Onboarding")),
            evidence={"pains": "evidence: 212 tickets tagged set-up", "limit": "assumption: workshop of March"},
        ),
        Planned(
            team="Delivery",
            waiting_on="third party",
            limit="21 days",
            limit_s=21 * DAY,
            optional=True,
            does="Tests the migrated data",
            needs="Proof that nothing is lost",
            pains=("Two teams ask the same questions",),
            touchpoints=(Place("Migration report", "portal", "Delivery"),),
            handoffs=("Onboarding to Delivery, receipt within 2 working days",),
        ),
        Planned(
            team="Customer success",
            milestone=True,
            does="Runs the first real month-end",
            needs="Someone to call at month-end",
            feels="Relieved",
            touchpoints=(Place("Success call", "phone", "Customer success"),),
        ),
        Planned(
            team="Customer success", does="Uses four modules or more", needs="The next worthwhile step", feels="Loyal"
        ),
    )
    figures = (
        (
            812,
            812,
            21,
            days(2.1, 1.9, 2.4, 812),
            days(6.0, 5.1, 7.2, 812),
            share(0.026, 0.017, 0.039, 812),
            4,
            61_000.0,
        ),
        (
            760,
            792,
            34,
            days(5.2, 4.8, 5.9, 792),
            days(12.4, 11.0, 14.1, 792),
            share(0.043, 0.031, 0.059, 792),
            11,
            240_000.0,
        ),
        (
            691,
            784,
            96,
            days(19.3, 17.2, 21.6, 784),
            days(58.0, 51.0, 66.0, 784),
            share(0.122, 0.101, 0.147, 784),
            63,
            2_410_000.0,
        ),
        (
            402,
            418,
            38,
            days(16.0, 14.1, 18.8, 418),
            days(41.0, 36.0, 49.0, 418),
            share(0.091, 0.067, 0.122, 418),
            17,
            690_000.0,
        ),
        (
            540,
            540,
            44,
            days(26.0, 23.5, 29.0, 540),
            days(70.0, 62.0, 84.0, 540),
            share(0.081, 0.061, 0.108, 540),
            9,
            180_000.0,
        ),
        (
            431,
            431,
            71,
            days(None, 118.0, None, 431, "not half have left yet"),
            too_few(14, 16),
            share(0.165, 0.133, 0.203, 431),
            0,
            None,
        ),
    )
    return tuple(
        Stage(
            name,
            title,
            Figure(runs, Unit.COUNT, n=812),
            visits,
            here,
            median,
            p90,
            censored,
            plan,
            stalled,
            value,
            plan.limit or "P90 of its segment",
        )
        for name, title, plan, (runs, visits, here, median, p90, censored, stalled, value) in zip(
            NAMES, TITLES, customer, figures, strict=True
        )
    )


def onboarding_picture() -> Picture:
    """Flows that add up: what enters a stage leaves it, ends there or stands there."""
    flows = (
        Flow(None, 0, 812),
        Flow(0, 1, 752),
        Flow(0, 2, 20),
        Flow(0, None, 19, "lost"),
        Flow(1, 2, 671),
        Flow(1, 3, 40),
        Flow(1, None, 47, "lost"),
        Flow(2, 3, 341),
        Flow(2, 4, 219),
        Flow(2, 1, 40),
        Flow(2, None, 88, "lost"),
        Flow(3, 4, 321),
        Flow(3, 2, 37),
        Flow(3, None, 22, "lost"),
        Flow(4, 5, 431),
        Flow(4, 2, 56),
        Flow(4, None, 9, "lapsed"),
        Flow(5, None, 342, "achieved"),
        Flow(5, None, 18, "lapsed"),
    )
    ends = (
        End("achieved", True, share(0.421, 0.388, 0.455, 812)),
        End("lost", False, share(0.217, 0.190, 0.246, 812)),
        End("lapsed", False, share(0.033, 0.023, 0.048, 812)),
    )
    return Picture(onboarding_stages(), flows, ends, 812)


def stalled_runs() -> tuple[StalledRun, ...]:
    """Fifteen firms, the heaviest first."""
    firms = (
        "Borealis Logistics SA",
        "Käthe Möllendorf & Söhne GmbH",
        "Acme Instruments",
        "東京精密機械株式会社",
        "شركة النور للتجارة",
        "Vandermeer Agri",
        "Helvetia Feinwerk AG",
        "Oslofjord Shipping",
        "Pinnacle Care",
        "Dunmore Estates",
        "Iberfruta",
        "Brückner Anlagenbau",
        "Castellan Retail",
        "Tamarack Foods",
        "Quillon Press",
    )
    waits = ("customer", "us", "third party", "customer", "unowned")
    return tuple(
        StalledRun(
            firm,
            TITLES[2 + at % 2],
            AS_OF - round((95 - 4 * at) * DAY_US),
            "limit 14 days" if at % 2 == 0 else "limit 21 days",
            (81 - 4 * at) * DAY,
            waits[at % 5],
            "Onboarding" if at % 2 == 0 else "Delivery",
            None if at == 9 else 310_000.0 / (at + 1),
            None if at == 9 else 310_000.0 / (at + 1) * (81 - 4 * at),
        )
        for at, firm in enumerate(firms)
    )


def loops() -> tuple[Table, ...]:
    """Where runs come back, and which teams pass them to and fro."""
    back = Table(
        "Stages that runs come back to",
        (
            TableColumn("stage", "Stage"),
            TableColumn("from", "Back from"),
            TableColumn("runs", "Runs", Unit.COUNT),
            TableColumn("share", "Share of runs here", Unit.SHARE, "share"),
            TableColumn("extra", "Extra time, median", Unit.SPAN, "median"),
        ),
        (
            ("Set-up", "First value", Figure(51, n=691), share(0.074, 0.056, 0.096, 691), days(11.2, 9.0, 14.8, 51)),
            ("Kick-off", "Set-up", Figure(38, n=760), share(0.05, 0.037, 0.068, 760), days(6.1, 4.4, 8.9, 38)),
            ("Set-up", "Migration", Figure(16, n=691), share(0.023, 0.014, 0.037, 691), too_few(14, 16)),
        ),
    )
    ping = Table(
        "To and fro between teams",
        (
            TableColumn("teams", "Teams"),
            TableColumn("runs", "Runs", Unit.COUNT),
            TableColumn("returns", "Returns", Unit.COUNT, "ping-pong"),
        ),
        (
            ("Onboarding ⇄ Delivery", Figure(64, n=402), Figure(148)),
            ("Sales ⇄ Onboarding", Figure(22, n=812), Figure(27)),
        ),
    )
    return (back, ping)


def handoffs() -> tuple[Table, ...]:
    """Who hands to whom, how long they wait and how often it comes back."""
    columns = (
        TableColumn("from", "From"),
        TableColumn("to", "To"),
        TableColumn("handoffs", "Handoffs", Unit.COUNT, "handoff"),
        TableColumn("wait", "Waiting, median", Unit.SPAN, "waiting"),
        TableColumn("returned", "Came back", Unit.SHARE, "returned"),
    )
    rows = (
        ("Sales", "Onboarding", Figure(792), days(1.9, 1.6, 2.2, 792), share(0.028, 0.018, 0.042, 792)),
        ("Onboarding", "Delivery", Figure(418), days(4.7, 4.1, 5.5, 418), share(0.354, 0.31, 0.401, 418)),
        ("Delivery", "Customer success", Figure(321), days(0.8, 0.7, 1.0, 321), share(0.031, 0.017, 0.056, 321)),
        ("Delivery", "Sales", Figure(6), too_few(24, 6), too_few(24, 6, Unit.SHARE)),
    )
    return (Table("Handoffs between teams", columns, rows),)


def comparisons() -> tuple[Comparison, ...]:
    """Segments and quarters side by side."""
    segments = Comparison(
        "Segments",
        (
            Panel(
                "Time in Set-up, median",
                (
                    Group("Enterprise", days(34, 28, 41, 121)),
                    Group("Mid-market", days(18.2, 16, 20.5, 512)),
                    Group("Small", days(11.9, 9.8, 15, 144)),
                    Group("Public sector", too_few(14, 16)),
                ),
                "median",
                days(15.8, 9.6, 22.4, 633),
                "Enterprise minus Mid-market",
                "log-rank test, p < 0.001",
            ),
            Panel(
                "Reached First value",
                (
                    Group("Enterprise", share(0.58, 0.49, 0.66, 124)),
                    Group("Mid-market", share(0.68, 0.64, 0.72, 530)),
                    Group("Small", share(0.71, 0.63, 0.78, 142)),
                    Group("Public sector", too_few(14, 16, Unit.SHARE)),
                ),
                "share",
                Figure(-0.10, Unit.SHARE, -0.195, -0.008, 654),
                "Enterprise minus Mid-market",
                "Fisher's exact test, p = 0.04",
            ),
        ),
    )
    quarters = Comparison(
        "Start of the run, by quarter",
        (
            Panel(
                "Reached First value within 90 days",
                (
                    Group("2026 Q1", share(0.44, 0.38, 0.50, 261)),
                    Group("2026 Q2", share(0.51, 0.45, 0.57, 270)),
                    Group("2026 Q3", too_few(21, 9, Unit.SHARE), "64 of 73 have not had 90 days yet"),
                    Group(
                        "2025 Q4",
                        share(0.18, 0.13, 0.24, 208),
                        "not comparable: first value is recorded only since 2026-01-08",
                        False,
                    ),
                ),
                "conversion",
            ),
        ),
        ("The fourth quarter of 2025 looks worse than it was: its events were not recorded yet.",),
    )
    return (segments, quarters)


def coverage() -> Coverage:
    """Three exports, one of them in a poor state."""
    return Coverage(
        (
            SourceCoverage("crm-deals", 4_210, 18, (("no account", 11), ("time is in the future: 2062-03-04", 7))),
            SourceCoverage(
                "onboarding-board",
                31_940,
                118,
                (("local time does not exist (clocks forward)", 2), ("repeated header", 116)),
            ),
            SourceCoverage("service-desk", 88_402, 0),
        ),
        (
            BlindSpot(
                "never",
                "Stages that never occur",
                "No event enters “Renewal talk”: it looks for “renewal call held”, which no source spells.",
                "onboarding",
            ),
            BlindSpot(
                "assumption",
                "What the map assumes",
                "14 of 17 described elements of Onboarding carry no evidence yet.",
                "onboarding",
            ),
            BlindSpot(
                "cohort",
                "Cohorts that cannot be compared",
                "Runs started before 2026-01-08 are left out of the comparison by quarter: first value was not "
                "recorded before. Runs started after 2026-08-23 have not had 90 days.",
                "onboarding",
            ),
            BlindSpot(
                "timer",
                "Timers, not waiting customers",
                "“Closed” follows “Resolved” after 7.0 days in 93 % of cases: an automatic closing, not a stall.",
                "onboarding",
            ),
            BlindSpot(
                "undated",
                "Attributes without a date",
                "segment, annual_revenue: the view shows today's value for every past moment.",
            ),
        ),
    )


def findings() -> tuple[Finding, ...]:
    """What to do first, and what else."""
    return (
        Finding(
            "stalled",
            "63 accounts stand in Set-up longer than the limit of 14 days, most of them waiting on the customer; "
            "they are worth EUR 2.41 m a year.",
            Figure(63, Unit.COUNT),
            "of 96 accounts in Set-up are beyond the limit",
            "Call the first five of the list this week",
            "stalled-onboarding",
            9e9,
        ),
        Finding(
            "handoff",
            "More than a third of the handoffs from Onboarding to Delivery come back.",
            share(0.354, 0.31, 0.401, 418),
            "handoffs that come back",
            "Look at what the packet lacks",
            "handoffs-onboarding",
            5e8,
        ),
        Finding(
            "ends",
            "88 runs were lost in Set-up, more than in any other stage.",
            share(0.112, 0.092, 0.136, 784),
            "of visits to Set-up end as lost",
            "Read five of them",
            "picture-onboarding",
            3e8,
        ),
        Finding(
            "coverage",
            "118 rows of onboarding-board could not be used.",
            Figure(118),
            "rejected rows",
            "Mend the export; it repeats its header",
            "coverage",
            1,
        ),
    )


def onboarding() -> JourneyPart:
    """The journey with everything in it."""
    return JourneyPart(
        "onboarding",
        "From signature to adoption",
        "3f9c1a77be02",
        "accounts",
        "Head of CX (Marta Lindqvist), onboarding lead (Jonas Weber)",
        onboarding_picture(),
        Stalled(104, stalled_runs(), 3_581_000.0),
        304,
        loops(),
        handoffs(),
        comparisons(),
        ("Times are elapsed, not working time, unless they say so.",),
    )


def report() -> ReportData:
    """The whole report."""
    return ReportData(
        "Nordlicht Systems",
        "EUR",
        "Europe/Berlin",
        AS_OF,
        "the last event",
        Basis(123_702, 1_140, 812, 3, AS_OF - 400 * DAY_US, AS_OF),
        findings(),
        (onboarding(),),
        coverage(),
        DEFINITIONS,
        "clew 0.1.0",
        "",
        "clew report --journey onboarding",
    )
