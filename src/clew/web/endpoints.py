"""Every endpoint there is. What is not listed here is not served."""

from __future__ import annotations

from importlib import import_module

from clew.web.endpoint import Endpoint

# modules with ENDPOINTS
_MODULES = (
    "clew.web.static",
    "clew.web.api.health",
    "clew.web.ingest",
    "clew.web.updates.stream",
    "clew.web.signing_in.sign_in",
    "clew.web.signing_in.openid",
    "clew.web.signing_in.links",
    "clew.web.signing_in.own_account",
    "clew.web.signing_in.people",
    "clew.web.signing_in.api_keys",
    "clew.web.signing_in.persons",
    "clew.web.signing_in.audit",
    "clew.web.api.system",
    "clew.web.api.runs",
    "clew.web.api.questions",
    "clew.web.api.context",
    "clew.web.api.acts",
    "clew.web.pages.today",
    "clew.web.pages.firm",
    "clew.web.pages.signals",
    "clew.web.pages.handoffs",
    "clew.web.pages.promises",
    "clew.web.pages.search",
    "clew.web.pages.pipes",
    "clew.web.pages.settings",
    "clew.web.pages.duplicates",
    "clew.web.pages.merging",
    "clew.web.pages.acts",
    "clew.web.pages.journey_editing",
    "clew.web.pages.sources",
    "clew.web.pages.live",
    "clew.web.pages.rejected",
    "clew.web.pages.journeys",
    "clew.web.pages.questions",
    "clew.web.pages.accounts",
    "clew.web.pages.workers",
    "clew.web.pages.people",
    "clew.web.pages.audit",
)


def all_endpoints() -> tuple[Endpoint, ...]:
    """Return every declared endpoint, in the order in which paths are tried."""
    return tuple(endpoint for name in _MODULES for endpoint in import_module(name).ENDPOINTS)
