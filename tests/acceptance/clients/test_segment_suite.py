"""The test suite of Segment's own Python client, unmodified, against Clew in the place of Segment's host."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from clew.db.engine import Database
from tests.acceptance.clients.interception import certificate, proxy
from tests.acceptance.clients.receiver import receiver

HOST = "api.segment.io"
KEYS = ("testsecret", "test-init", "bad_key")  # with which the suite sends; Segment answers 200 to each
LEAST_TESTS, LEAST_REQUESTS = 140, 40
# The suite imports mock, which Python brings itself.
RUN = "import sys, unittest.mock as mock; sys.modules['mock'] = mock; import pytest; sys.exit(pytest.main())"


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_segments_own_suite_passes_and_its_events_stand_in_the_inbox(database: Database, tmp_path: Path) -> None:
    spec = find_spec("segment.analytics.test")
    assert spec is not None
    assert spec.origin is not None
    made = certificate(tmp_path, HOST)
    tls = {"ssl_certfile": made.chain, "ssl_keyfile": made.key}

    with receiver(database, tmp_path, options=tls) as edge, proxy(edge.port) as through:
        for key in KEYS:
            edge.key("crm", key=key)
        ran = subprocess.run(
            [sys.executable, "-c", RUN, "-q", "-p", "no:cacheprovider", str(Path(spec.origin).parent)],
            env={**os.environ, "HTTPS_PROXY": through, "REQUESTS_CA_BUNDLE": str(made.authority)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

        assert ran.returncode == 0, ran.stdout[-3_000:]
        passed = re.search(r"(\d+) passed", ran.stdout)
        assert passed is not None
        assert int(passed[1]) >= LEAST_TESTS
        assert len(edge.faults.seen) >= LEAST_REQUESTS
        bodies = [json.loads(one.arriving.body) for one in edge.inbox()]
        assert len(bodies) >= LEAST_REQUESTS
        assert any(event.get("event") == "python event" for body in bodies for event in body["batch"])
