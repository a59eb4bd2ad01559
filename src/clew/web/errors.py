"""What went wrong, as a page in the frame or as JSON: the one table from errors to status codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from clew import logs
from clew.access.model import NOBODY
from clew.errors import BadInput, BadRequest, ClewError, FileProblems, UnknownName
from clew.texts import N_, language_for, speak
from clew.texts import gettext as _
from clew.web.endpoint import route_of
from clew.web.headers import seal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from clew.web.request import Asked

STATUS: Mapping[type[ClewError], int] = {BadRequest: 400, UnknownName: 404, FileProblems: 422, BadInput: 422}
BY_CODE: Mapping[str, int] = {
    "forbidden": 403,
    "fenced": 409,
    "wrong-sign-in": 401,
    "unknown-user": 404,
    "unknown-key": 404,
    "unknown-person": 404,
    "unknown-account": 404,
    "no-such-event": 404,
    "unknown-handoff": 404,
    "unknown-promise": 404,
    "already-answered": 409,
    "key-used": 409,
    "not-open": 409,
    "not-waiting": 409,
    "overtaken": 409,
    "wrong-fields": 422,
    "user-exists": 409,
    "last-admin": 409,
    "switched-off": 409,
    "scope-too-wide": 403,
    "spent-link": 410,
    "weak-password": 422,
    "too-many-attempts": 429,
}
OTHERWISE = 400

# status -> (title, what to do)
_SAID: Mapping[int, tuple[str, str]] = {
    400: (N_("This cannot be done so"), N_("Go back and change what was sent.")),
    401: (N_("Sign in first"), N_("Sign in, then open this page again.")),
    403: (N_("Your role may not see this"), N_("An admin of this workspace can give you another role.")),
    404: (N_("There is no such page"), N_("It may have been renamed; begin at Home.")),
    405: (N_("This address takes no such request"), N_("Open the page and use its form.")),
    410: (N_("This is no longer there"), N_("Ask for another.")),
    409: (N_("Something else changed it meanwhile"), N_("Open the page again and repeat the change.")),
    413: (N_("That is too large"), N_("Send it in smaller parts, or load it as a file with clew load.")),
    422: (N_("The files hold mistakes"), N_("Each line names its place; mend it and try again.")),
    429: (N_("Too many tries"), N_("Wait a minute, then try again.")),
    500: (
        N_("Something went wrong inside Clew"),
        N_("It was noted in the log. Try again; if it stays, clew doctor looks into it."),
    ),
}

# status -> what programs are told, where pages are told to look at another page
_TOLD: Mapping[int, str] = {
    404: "There is no such address; docs/reference/pages.md and access.md list those there are.",
    405: "This address takes no such request; the header Allow says which.",
}


def status_of(error: ClewError) -> int:
    """Status of an error, by its nearest class, else by its code."""
    found = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    return found or BY_CODE.get(error.code, OTHERWISE)


def on_clew_error(request: Request, error: Exception) -> Response:
    """Answer what a person can mend."""
    assert isinstance(error, ClewError)
    lines = [str(problem) for problem in error.problems] if isinstance(error, FileProblems) else []
    return answer(request, status_of(error), code=error.code, message=str(error), lines=lines)


def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the router or the guard refused."""
    from clew.web.ingest.endpoints import PATHS
    from clew.web.ingest.routes import unmet

    if request.url.path in PATHS:
        return unmet(error)  # programs that send events want its form
    status = int(getattr(error, "status_code", 500))
    detail = str(getattr(error, "detail", ""))
    response = answer(request, status, code=_code(status), message=detail if " " in detail and len(detail) > 24 else "")
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def on_crash(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours: the log has the traceback, the page has none."""
    logs.failure("a request failed", error, method=request.method, route=route_of(request))
    response = answer(request, 500, code="crashed", message="")
    seal(request, response)  # answered outside the middleware that does it otherwise
    return response


def answer(request: Request, status: int, *, code: str, message: str, lines: list[str] | None = None) -> Response:
    """JSON for programs, a page for people."""
    from starlette.responses import JSONResponse

    title, do = _said(status)
    if _wants_json(request):
        told: dict[str, Any] = {"code": code, "message": message or _TOLD.get(status, f"{title}. {do}")}
        return JSONResponse({"error": told}, status)
    return _page(request, status, title=title, says=message if not lines else _(do), lines=lines or [], do=do)


def _page(request: Request, status: int, **values: Any) -> Response:
    from starlette.responses import PlainTextResponse

    from clew.web.frame.draw import draw

    speak(language_for(request.headers.get("accept-language", "")))
    try:
        asked = getattr(request.state, "asked", None) or _asked(request)
        signed_in = asked.is_signed_in
        shown = {
            "title": values["title"],
            "says": values["says"] or _(values["do"]),
            "lines": values["lines"],
            "code": "",
            "href": "/" if signed_in else "/sign-in",
            "do": N_("Go to Home") if signed_in else N_("Sign in"),
        }
        return draw(asked, "error.html.j2", shown, status)
    except Exception as fault:  # a frame that cannot be drawn must not hide the first error
        logs.failure("the page of an error could not be drawn", fault)
        return PlainTextResponse(f"{values['title']}\n{values['says']}\n", status)


def _asked(request: Request) -> Asked:
    """Who asked at an address that no endpoint has; whoever is signed in keeps the frame."""
    from starlette.exceptions import HTTPException

    from clew.web.guard import asked_by, caller_of
    from clew.web.parts import parts_of
    from clew.web.request import Asked

    parts = parts_of(request)
    now = parts.now()
    try:
        return asked_by(request, caller_of(request, now), parts, now)
    except (HTTPException, SQLAlchemyError):
        return Asked(request, NOBODY, parts, now)


def _wants_json(request: Request) -> bool:
    path = request.url.path
    return path.startswith("/v1/") or path in ("/healthz", "/readyz", "/metrics")


def _said(status: int) -> tuple[str, str]:
    return _SAID.get(status, _SAID[500] if status >= 500 else _SAID[400])


def _code(status: int) -> str:
    return {401: "not-signed-in", 403: "forbidden", 404: "not-found", 405: "wrong-method", 413: "too-large"}.get(
        status, "error" if status < 500 else "crashed"
    )
