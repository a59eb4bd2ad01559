"""clew mcp: lets an assistant ask a running Clew, under a key's rights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.errors import BadRequest


def mcp(
    address: Annotated[
        str, typer.Option(envvar="CLEW_ADDRESS", metavar="URL", help="Where the running Clew is.")
    ] = "http://127.0.0.1:8377",
    key_file: Annotated[
        Path | None,
        typer.Option(
            envvar="CLEW_API_KEY_FILE", metavar="FILE", help="File with the API key; else CLEW_API_KEY holds it."
        ),
    ] = None,
    allow_acts: Annotated[
        bool, typer.Option("--allow-acts", help="Offer tools that write: answers, promises, touches.")
    ] = False,
) -> None:
    """Serve the Model Context Protocol on standard input and output, for an assistant that starts this command.

    Everything is asked of the running Clew under the key, so an assistant sees what the key's user may see, and each
    read of personal data stands in the audit log under that key.
    """
    from clew.assistant.caller import Caller
    from clew.assistant.server import make_server

    with Caller(address, _key(key_file)) as caller:
        make_server(caller, acts=allow_acts).run("stdio")


def _key(file: Path | None) -> str:
    import os

    key = file.read_text("utf-8").strip() if file else os.environ.get("CLEW_API_KEY", "").strip()
    if not key:
        raise BadRequest("no API key: make one on the page People, then set CLEW_API_KEY or CLEW_API_KEY_FILE")
    return key
