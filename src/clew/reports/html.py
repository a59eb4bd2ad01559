"""The report as one self-contained page: style, script and pictures inside, nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from clew.reports import tokens, words
from clew.reports.cell import column_units, is_numeric, show_in, sort_value
from clew.reports.legend import legend
from clew.reports.lists import rejected_table, source_table, stalled_table
from clew.reports.marks import level_marks, state_shape
from clew.reports.model import Comparison, JourneyPart, ReportData
from clew.reports.picture.frame import Frame
from clew.reports.picture.tall import tall
from clew.reports.picture.text import describe, flow_table, stage_table
from clew.reports.picture.wide import RowDrawings, wide
from clew.reports.plots import panel
from clew.reports.rulers import ruler

# Widths in pixels for which the picture is drawn; the page shows the one that fits, the printer the narrowest wide one.
WIDTHS = {"wide": 1200.0, "middle": 912.0, "small": 688.0}
TALL = 328.0


@dataclass(frozen=True)
class Pictures:
    """The picture of one journey for every width: (name that the style knows, drawings by row), and the tall one."""

    wide: list[tuple[str, list[RowDrawings]]]
    tall: Markup


def render_html(report: ReportData) -> str:
    """Return the whole page."""
    return _template().render(
        report=report,
        style=Markup(_style(report)),
        script=Markup(_read("report.js")),
        legend=legend(),
        words=words,
        show=show_in(report.currency),
        sort_value=sort_value,
        state_shape=state_shape,
        level_marks=level_marks,
        ruler=ruler,
        column_units=column_units,
        numeric=is_numeric,
        pictures={part.name: _pictures(part, report.currency) for part in report.journeys},
        tables={part.name: (stage_table(part.picture), flow_table(part.picture)) for part in report.journeys},
        plots=lambda part, comparison: _plots(part, comparison, report.currency),
        stalled_table=lambda part: stalled_table(part, report),
        sources=source_table(report.coverage),
        rejected=rejected_table(report.coverage),
        described=_is_described,
        titles={part.name: part.title for part in report.journeys},
        terms={definition.key: definition for definition in report.definitions},
    )


def _pictures(part: JourneyPart, currency: str) -> Pictures:
    def frame(name: str, width: float, *, hidden: bool) -> Frame:
        title, key = f"{part.title}: planned and actual", f"{part.name}-{name}"
        return Frame(title, describe(part.picture), key, width, currency, f"#stalled-{part.name}", hidden)

    across = [(name, wide(part.picture, frame(name, px, hidden=name != "wide"))) for name, px in WIDTHS.items()]
    return Pictures(across, tall(part.picture, frame("tall", TALL, hidden=True)))


def _is_described(part: JourneyPart) -> bool:
    plans = [stage.planned for stage in part.picture.stages]
    return any(
        plan.does or plan.needs or plan.expects or plan.feels or plan.pains or plan.touchpoints for plan in plans
    )


def _plots(part: JourneyPart, comparison: Comparison, currency: str) -> list[Markup]:
    key = f"{part.name}-{part.comparisons.index(comparison)}"
    return [panel(one, f"plot-{key}-{at}", currency) for at, one in enumerate(comparison.panels)]


def _style(report: ReportData) -> str:
    sizes = (
        f"--font:{tokens.FONT};--small:{tokens.SMALL / 16}rem;--body:{tokens.BODY / 16}rem;"
        f"--heading:{tokens.HEADING / 16}rem;--title:{tokens.TITLE / 16}rem"
    )
    variants = (
        f":root{{{tokens.as_css(tokens.LIGHT)}{sizes}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{tokens.as_css(tokens.DARK)}color-scheme:dark}}}}"
        f"{_page_head(report)}"
        f"@media print{{:root{{{tokens.as_css(tokens.PRINT)}color-scheme:light}}}}"
    )
    return variants + tokens.drawing_css() + _read("report.css") + _read("first.css")


def _page_head(report: ReportData) -> str:
    """The line on top of each printed page. Names are data: every letter is written as a CSS escape."""
    words_of = f"{report.firm} · customer journeys as of {words.day(report.as_of, report.time_zone)}"
    escaped = "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in words_of)
    return f'@page{{@top-left{{content:"{escaped}"}}}}'


@cache
def _template() -> Template:
    loader = PackageLoader("clew.reports", "templates")
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("report.html.j2")


@cache
def _read(name: str) -> str:
    return files("clew.reports").joinpath("templates", name).read_text("utf-8")
