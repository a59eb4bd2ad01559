"""The log of a process: one line an occurrence, as JSON or for a terminal, and never anything personal.

A line is a fixed sentence and a few keys. Only the keys of KEYS are written, with plain short values; a sentence with
an address or a number in it is withheld, because somebody's data were put into it. Of an error its kind and its places
in the code are written, not its message: messages quote what they stumbled over. Before `begin` nothing is written.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

KEYS = frozenset(
    """
    accepted bytes code count cursor due duplicate every_s failures fence folded form generation held host journey kind
    lag_s late lease leases level limit logger method ms next number part pid places port position process received
    rejected refused removed role route rows runs schema settings shard shards signals source state status step table
    threads tries transitions version wire worker
    """.split()
)
"""What may stand in a line beside its sentence; all others are dropped, and `withheld` says so."""

_ALWAYS = frozenset({"event", "at", "error", "trace", "withheld"})
_SENTENCE = re.compile(r"[^@\d]{1,160}")
_LONGEST = 120
_MOST = 50  # values of a list
_TAKEN_OVER = ("clew", "uvicorn", "sqlalchemy", "alembic", "asyncio")  # that log by themselves

_write: Any = None
_level = logging.INFO


def begin(level: str = "info", form: str = "console", out: TextIO | None = None) -> None:
    """Write to a stream from now on, standard error by default; what libraries log goes the same way."""
    import structlog

    global _write, _level
    _level = getattr(logging, level.upper())
    last: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp")
    _write = structlog.wrap_logger(
        structlog.PrintLogger(out or sys.stderr), processors=[plain, stamp, last], wrapper_class=structlog.BoundLogger
    )
    for name in _TAKEN_OVER:
        library = logging.getLogger(name)
        library.handlers, library.propagate = [_Library()], False
        library.setLevel(_level if name in ("clew", "uvicorn") else max(_level, logging.WARNING))
    logging.getLogger("uvicorn.error").setLevel(
        logging.NOTSET
    )  # as uvicorn's: a server before this one may have set it
    access = logging.getLogger("uvicorn.access")  # its lines hold addresses and whole paths
    access.handlers, access.propagate = [], False


def end() -> None:
    """Write nothing any more."""
    global _write
    _write = None
    for name in _TAKEN_OVER:
        logging.getLogger(name).handlers = []


def debug(sentence: str, **keys: object) -> None:
    _line(logging.DEBUG, sentence, keys)


def info(sentence: str, **keys: object) -> None:
    _line(logging.INFO, sentence, keys)


def warning(sentence: str, **keys: object) -> None:
    _line(logging.WARNING, sentence, keys)


def failure(sentence: str, error: BaseException, **keys: object) -> None:
    """Write what needs a change of the code, with the kind of the error and where it came from."""
    _line(logging.ERROR, sentence, {**keys, **_told(error)})


def plain(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop whatever is not allowed to be written: a processor of structlog."""
    withheld = sorted(key for key in line if key not in KEYS | _ALWAYS)
    kept = {key: _value(value) for key, value in line.items() if key in KEYS}
    kept |= {key: line[key] for key in ("error", "trace") if key in line}
    sentence = str(line["event"])
    kept["event"] = sentence if _SENTENCE.fullmatch(sentence) else "(a sentence that holds data)"
    return kept | ({"withheld": withheld} if withheld else {})


def _value(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(one) for one in list(value)[:_MOST]]
    text = str(value) if isinstance(value, str) else ""
    return text if text and len(text) <= _LONGEST and "@" not in text else "(withheld)"


def _line(level: int, sentence: str, keys: dict[str, Any]) -> None:
    if _write is None or level < _level:
        return
    _write.msg(sentence, level=logging.getLevelName(level).lower(), **keys)


def _told(error: BaseException) -> dict[str, object]:
    """Kind, code and places of an error and of what caused it, innermost last."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    frames = traceback.extract_tb(chain[-1].__traceback__)
    told: dict[str, object] = {
        "error": [type(one).__name__ for one in chain],
        "trace": [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
    code = getattr(error, "code", None)
    return told | ({"code": code} if isinstance(code, str) else {})


class _Library(logging.Handler):
    """Takes over what a library logs: its sentence before values are put in, and of an error what we write of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        keys: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            keys |= _told(record.exc_info[1])
        _line(record.levelno, str(record.msg), keys)
