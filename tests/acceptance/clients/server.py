"""The ingest edge as a process: python -m tests.acceptance.clients.server FOLDER [DATABASE]; prints its port."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn

from clew.config import Settings
from clew.db.engine import open_database
from clew.web.ingest.receiving import RECEIVING, open_receiving
from clew.web.parts import Parts
from tests.acceptance.clients.receiver import SOURCES
from tests.receiving_edge import receiving_app


def main() -> None:
    folder = Path(sys.argv[1])
    database = open_database(folder / ".clew", sys.argv[2] if len(sys.argv) > 2 else None)
    receiving = open_receiving(database, folder, lambda: SOURCES)
    app = receiving_app(Parts(folder, database, Settings(secret="x" * 32), kept={RECEIVING: receiving}))
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off")).run(sockets=[listening])


main()
