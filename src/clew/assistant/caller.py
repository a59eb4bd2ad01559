"""A caller of a running Clew: every tool of an assistant is a request under its key, so its rights are the key's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from clew.errors import BadRequest, ClewError

WAIT_S = 10.0


class NotReached(ClewError):
    """The running Clew could not be reached."""

    code = "not-reached"


class Refused(ClewError):
    """Clew refused: the key may not do that, or there is no such thing."""

    code = "refused"


class Caller:
    """Asks one running Clew under one API key. Use as a context manager, or call `close`."""

    def __init__(self, address: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        """Begin; nothing is asked yet.

        address    of the running Clew, as https://clew.example          key  "clew_..."
        transport  None: over the network
        Raises BadRequest for an address that is none
        """
        if not address.startswith(("http://", "https://")):
            raise BadRequest(f"'{address}' is no address of a running Clew; write it as https://clew.example")
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._client = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=WAIT_S, transport=transport)

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, *path: str, **query: str | int | None) -> Any:
        """Return what a GET answers. Raises NotReached, Refused."""
        given = {name: value for name, value in query.items() if value is not None and value != ""}
        return self._answer("GET", path, params=given)

    def post(self, *path: str, told: Mapping[str, Any]) -> Any:
        """Return what a POST of JSON answers. Raises NotReached, Refused."""
        return self._answer("POST", path, json={name: value for name, value in told.items() if value})

    def _answer(self, method: str, path: tuple[str, ...], **request: Any) -> Any:
        address = "/v1/" + "/".join(quote(part, safe=":") for part in path)
        try:
            answer = self._client.request(method, address, **request)
        except httpx.HTTPError as fault:
            raise NotReached(
                f"{self._client.base_url} does not answer ({type(fault).__name__}); is it running?"
            ) from fault
        if answer.is_success:
            return answer.json()
        raise Refused(_said(answer))


def _said(answer: httpx.Response) -> str:
    """What Clew said in refusing, as a sentence."""
    try:
        error = answer.json()["error"]
        told = error["message"] if isinstance(error, dict) else error
    except (ValueError, LookupError, TypeError):
        told = ""
    return str(told) or f"refused with status {answer.status_code}"
