"""The page of one source: how it stands, its keys, what to paste, its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clew.access.model import Permission
from clew.access.write_keys import WriteKey, all_keys
from clew.clock import DAY_US
from clew.errors import Problem
from clew.live.rejected.forecast import Forecast, forecast
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.frame.own_address import own_address
from clew.web.frame.permissions import named
from clew.web.frame.times import relative
from clew.web.pages.rejected_lists import reason_words
from clew.web.pages.sources.editing import edit, not_saved
from clew.web.pages.sources.file import needs_sql, path_of
from clew.web.pages.sources.listing import all_standings
from clew.web.pages.sources.snippets import snippets, upload_snippets
from clew.web.pages.sources.standing import SourceStanding
from clew.web.pages.sources.wires import WIRES
from clew.web.queries.uploads import uploads_of
from clew.workspace.editing.writing import ChangedMeanwhile, digest_of, problems_of, text_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

RECENT_US = DAY_US  # a key that was used since then is in use


def next_step(source: SourceStanding) -> NextStep:
    """What this source lacks, in the order in which it matters."""
    if source.problems:
        return NextStep(_mistakes(len(source.problems)), _("Mend it"), "#file", "bad")
    if not source.receives:
        says = _("It reads files: clew load takes up what is new in them, and a tool may upload exports.")
        return NextStep(says, kind="none")
    if not source.keys:
        return NextStep(_("It has no key yet, so no tool can send to it."), _("Make a key"), "#keys")
    if source.ever is None:
        return NextStep(_("It has a key and has received nothing yet."), _("Send a first event"), "#send")
    if source.waiting:
        says = ngettext("%(count)s event could not be used.", "%(count)s events could not be used.", source.waiting)
        return NextStep(says % {"count": f"{source.waiting:,}"}, _("See why"), f"/rejected?source={source.name}", "bad")
    return NextStep(_("It receives events."), _("See what arrives"), f"/live?source={source.name}", "good")


def _mistakes(count: int) -> str:
    return ngettext("Its file holds %(count)d mistake.", "Its file holds %(count)d mistakes.", count) % {"count": count}


def takes_files(asked: Asked, name: str) -> bool:
    """Whether exports can be uploaded to a source: it reads files, and is no SELECT over tables."""
    found = workspace_of(asked.parts).sources.get(name)
    return found is not None and found.receives is None and found.select is None


def show(asked: Asked) -> Response:
    """The page."""
    return page(asked, asked.path["source"])


def page(
    asked: Asked,
    name: str,
    *,
    text: str | None = None,
    before: str = "",
    problems: Sequence[Problem] | None = None,
    says: str = "",
    new_key: tuple[str, WriteKey] | None = None,
    tried: Forecast | None = None,
    status: int = 200,
) -> Response:
    """Draw it.

    text, before, problems, says  a file that was sent and not saved, and why
    new_key                       a key that was just made: shown this once
    tried                         what events would become under the text
    """
    path = path_of(asked.parts.folder, name)
    with asked.parts.database.read() as connection:
        source = next(one for one in all_standings(asked, connection) if one.name == name)
        keys, uploads = all_keys(connection, name), uploads_of(connection, name)
    key = new_key[0] if new_key else ""
    saved, address = text_of(path), own_address(asked)
    shown: dict[str, Any] = {
        "source": source,
        "keys": [key for key in reversed(keys) if key.holds(asked.now)],
        "ended": sum(not key.holds(asked.now) for key in keys),
        "text": saved if text is None else text,
        "before": before or digest_of(saved),
        "problems": problems_of(workspace_of(asked.parts), path) if problems is None else problems,
        "says": says,
        "new_key": new_key,
        "may_send": named,
        "reason_words": reason_words,
        "tried": tried or (_saved_forecast(asked, name) if asked.query("said") == "source-saved" else None),
        "warnings": warnings(tried) if tried else (),
        "ending": {key.id: ending(key, keys, asked.now) for key in keys},
        "takes_files": takes_files(asked, name),
        "uploads": uploads,
        "wire": WIRES.get(source.receives),
        "snippets": snippets(source.receives, address, key) or upload_snippets(name, address, key),
        "address": address,
        "is_locked": needs_sql(workspace_of(asked.parts), name) and not asked.may(Permission.RUN_SQL),
    }
    return asked.page("source.html.j2", status=status, next=next_step(source), updates=("arrived",), **shown)


def ending(key: WriteKey, keys: Sequence[WriteKey], now: int) -> str:
    """What follows when a key is ended at once, and what speaks against it."""
    others = [one for one in keys if one.id != key.id and one.holds(now)]
    told = [_("What is sent with it is refused from then on, and lost unless its tool sends it again.")]
    if key.used_at is not None and now - key.used_at < RECENT_US:
        told.append(_("It was used %(when)s: a tool sends with it.") % {"when": relative(key.used_at, now)})
    if not others:
        told.append(_("It is the only key: nothing more can be sent to this source."))
    return " ".join(told)


def save(asked: Asked) -> Response:
    """Write the file, unless it would hold mistakes; what was typed stays on the page.

    do  try: only say what events would become; sure: save although some would be lost
    """
    name, before = asked.path["source"], asked.form("before")
    edited = edit(asked, name)
    if edited.problems:
        says = not_saved(len(edited.problems))
        return page(asked, name, text=edited.text, before=before, problems=edited.problems, says=says, status=422)
    if asked.form("do") != "sure":
        tried = forecast(asked.parts.database, workspace_of(asked.parts), edited.workspace, name, now=asked.now)
        if asked.form("do") == "try" or warnings(tried):
            return page(asked, name, text=edited.text, before=before, problems=(), tried=tried)
    try:
        edited.save(asked, before=before)
    except ChangedMeanwhile as refused:
        return page(asked, name, text=edited.text, before=before, says=str(refused), status=409)
    return asked.go(f"/sources/{name}?said=source-saved#said")


def warnings(tried: Forecast) -> Sequence[str]:
    """What speaks against saving, a sentence each."""
    found = []
    if tried.losing:
        words = ngettext(
            "%(count)s event that found an account until now would find none.",
            "%(count)s events that found an account until now would find none.",
            tried.losing,
        )
        found.append(words % {"count": f"{tried.losing:,}"})
    if tried.refusing:
        words = ngettext(
            "%(count)s event that can be used until now would be rejected.",
            "%(count)s events that can be used until now would be rejected.",
            tried.refusing,
        )
        found.append(words % {"count": f"{tried.refusing:,}"})
    for column, near in tried.unseen:
        says = [_("No event of this source that could be looked at had '%(column)s'.") % {"column": column}]
        says += [_("Events would find no account by it.")] if column in tried.accounts else []
        says += [_("Did you mean '%(near)s'?") % {"near": near}] if near else []
        found.append(" ".join(says))
    return found


def _saved_forecast(asked: Asked, name: str) -> Forecast:
    workspace = workspace_of(asked.parts)
    return forecast(asked.parts.database, workspace, workspace, name, now=asked.now)


ENDPOINTS = (
    Endpoint("/sources/{source}", ("GET",), Permission.CONNECT, show),
    Endpoint("/sources/{source}/file", ("POST",), Permission.CONNECT, save),
)
