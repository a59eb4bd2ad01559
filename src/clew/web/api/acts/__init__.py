"""Acts as JSON: promises, answers, questions, touches, roles, owners, handoffs; and lists of what is promised and sent.

Addresses that end in a word come before those that end in an id: ids of accounts and handoffs may hold slashes.
"""

from __future__ import annotations

from clew.access.model import Permission
from clew.web.api.acts import lists, moving, writing
from clew.web.endpoint import Endpoint

_ACCOUNT = "/v1/accounts/{account:path}"

ENDPOINTS = (
    Endpoint("/v1/promises", ("GET",), Permission.SEE_ACCOUNTS, lists.promises),
    Endpoint("/v1/handoffs", ("GET",), Permission.SEE_ACCOUNTS, lists.handoffs),
    Endpoint(f"{_ACCOUNT}/answers", ("GET",), Permission.SEE_ACCOUNTS, lists.answers),
    Endpoint(f"{_ACCOUNT}/handoffs/{{id:path}}/accept", ("POST",), Permission.ACT, moving.accept),
    Endpoint(f"{_ACCOUNT}/handoffs/{{id:path}}/return", ("POST",), Permission.ACT, moving.give_back),
    Endpoint(f"{_ACCOUNT}/promises/{{id:path}}/keep", ("POST",), Permission.ACT, moving.keep),
    Endpoint(f"{_ACCOUNT}/promises/{{id:path}}/release", ("POST",), Permission.ACT, moving.release),
    Endpoint(f"{_ACCOUNT}/handoffs", ("POST",), Permission.ACT, moving.send),
    *(Endpoint(f"{_ACCOUNT}/{name}", ("POST",), Permission.ACT, answer) for name, answer in writing.ANSWERS.items()),
)
