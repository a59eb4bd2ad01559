"""Acts on an account: promises, answers, questions, touches, roles, owners, each a plain form."""

from __future__ import annotations

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.pages.acts import form

ENDPOINTS = (
    Endpoint("/accounts/{account:path}/act/{kind}", ("GET",), Permission.ACT, form.show),
    Endpoint("/accounts/{account:path}/act/{kind}", ("POST",), Permission.ACT, form.send),
)
