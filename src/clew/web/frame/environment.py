"""Templates, and what every one of them may call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from clew import texts
from clew.clock import MINUTE_US
from clew.questions.words import counted
from clew.web.analytics.naming import called
from clew.web.frame import times
from clew.web.frame.shapes import badge, shape
from clew.web.static import static_path

if TYPE_CHECKING:
    from clew.journeys.model import Journey


@cache
def environment() -> Environment:
    """The templates of all pages; `ui` holds the components of components.html.j2."""
    made = Environment(
        loader=PackageLoader("clew.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        badge=badge,
        shape=shape,
        static=static_path,
        time=_time,
        minute_time=_minute,
        clock_time=_clock_time,
        number=number,
        counted=counted,
        lasting=times.lasting,
        stage_title=stage_title,
        who=_who,
    )
    made.filters["count"] = lambda value: f"{round(value):,}"
    made.globals["ui"] = made.get_template("components.html.j2").module
    return made


def render_block(template: str, block: str, values: Mapping[str, Any]) -> str | None:
    """Render one block of a template alone, None where it has no such block: a part of a page that renews itself."""
    found = environment().get_template(template)
    if block not in found.blocks:
        return None
    context = found.new_context(dict(values))
    next(iter(found.root_render_func(context)), "")  # what stands before blocks: imports, macros, what is set
    return "".join(found.blocks[block](context))


def stage_title(journeys: Mapping[str, Journey], journey: str, stage: str | None) -> str:
    """How the file of a journey calls a stage; its name where the file is gone or says none."""
    stages = journeys[journey].stages if journey in journeys else ()
    titles = (one.title or one.name for one in stages if one.name == stage)
    return next(titles, stage or texts.gettext("before any stage"))


@pass_context
def _time(context: Context, at: int | None, missing: str = "") -> Markup:
    return times.time_tag(at, context["now"], context["zone"], missing=missing)


@pass_context
def _minute(context: Context, at: int | None) -> Markup:
    """A minute in which something came: counts are kept by the minute."""
    if at is not None and 0 <= context["now"] - at < MINUTE_US:
        return Markup('<span title="{}">{}</span>').format(
            times.absolute(at, context["zone"]), texts.gettext("this minute")
        )
    return times.time_tag(at, context["now"], context["zone"])


@pass_context
def _clock_time(context: Context, at: int) -> Markup:
    told = times.time_tag(at, context["now"], context["zone"])
    zone: str = context["zone"]
    title = f"{times.absolute(at, zone)}, {times.relative(at, context['now'])}"
    written = str(told).split('"')[1]
    return Markup('<time datetime="{}" title="{}">{}</time>').format(written, title, times.clock_time(at, zone))


@pass_context
def _who(context: Context, thread: str) -> str:
    """What to call an account."""
    return called(thread, context["names"])


def number(value: float | str, *, low: str = "", high: str = "", n: int | None = None, unit: str = "") -> Markup:
    """A figure with its unit, and beside it in a quieter tone its interval and n."""
    shown = value if isinstance(value, str) else f"{value:,}"
    beside = [f"{low}–{high}"] if low or high else []
    beside += [f"n {n:,}"] if n is not None else []
    quiet = Markup(' <span class="quiet">{}</span>').format(" · ".join(beside)) if beside else Markup("")
    return Markup('<span class="number">{}{}</span>').format(shown, f"\u00a0{unit}" if unit else "") + quiet
