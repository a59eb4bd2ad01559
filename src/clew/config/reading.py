"""Read settings: the environment wins over the file, the file over the default; secrets may have files of their own."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.config.model import SETTINGS, BadSettings, Setting, Settings
from clew.config.store import private_folder
from clew.errors import nearest_name

FILE = "settings.env"
SECRET_FILE = "secret"
WHICH_FILE = "CLEW_SETTINGS"
_OTHERS = frozenset({WHICH_FILE, "CLEW_FAILPOINTS", "CLEW_EXAMPLES", "CLEW_KILLS", "CLEW_WITHOUT_SCRIPT"})
_OF_KUBERNETES = re.compile(r"_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)")  # it tells where a service "clew-…" is
_ENVIRONMENT, _DEFAULT = "environment", "default"
_BYTES_OF_SECRET = 32
_SECRET = next(setting for setting in SETTINGS if setting.field == "secret")


@dataclass(frozen=True)
class _Written:
    """What was written for a variable, and where: "" for the environment, else file and line."""

    value: str
    place: str = ""


def read_settings(store: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a workspace; draws the secret where there is none yet.

    store    the workspace's .clew folder
    environ  os.environ, or what stands in for it
    Raises   BadSettings with every problem, each a sentence
    """
    problems = [_no_setting(name, meant) for name, meant in unknown_settings(environ)]
    written = [_file(store, environ, problems), {name: _Written(value) for name, value in environ.items()}]
    given: dict[str, Any] = {}
    for setting in SETTINGS:
        for source in written:
            found = _found(setting, source, problems)
            if found is not None and found.value:
                _take(setting, found, given, problems)
    problems += _unlike(given)
    if problems:
        raise BadSettings(problems)
    given.setdefault("secret", "")
    return Settings(**{**given, "secret": given["secret"] or _kept_secret(store)})


@dataclass(frozen=True)
class Told:
    """A setting as it is in force.

    value  as it is written; what is secret is never told
    place  "environment", "default", or file and line
    """

    setting: Setting
    value: str
    place: str


def told_settings(store: Path, environ: Mapping[str, str]) -> list[Told]:
    """Return every setting with its value and where that comes from; arguments as in `read_settings`."""
    problems: list[str] = []
    written = [
        ({name: _Written(value, _ENVIRONMENT) for name, value in environ.items()}),
        _file(store, environ, problems),
    ]
    return [_told(setting, [_found(setting, source, problems) for source in written]) for setting in SETTINGS]


def _told(setting: Setting, found: Sequence[_Written | None]) -> Told:
    given = next((one for one in found if one is not None and one.value), None)
    if given is None:
        return Told(setting, setting.default, _DEFAULT)
    return Told(setting, "" if setting.secret else given.value, given.place or _ENVIRONMENT)


def settings_file(store: Path, environ: Mapping[str, str]) -> Path:
    """Return where the file of settings is, or would be."""
    named = environ.get(WHICH_FILE)
    return Path(named).expanduser() if named else store / FILE


def unknown_settings(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield variables that look like settings and are none, each with the setting that was probably meant, else ""."""
    known = _known()
    for name, value in environ.items():
        strange = name.startswith("CLEW_") and name not in known and name not in _OTHERS
        if strange and not _OF_KUBERNETES.search(name) and not value.startswith(("tcp://", "udp://")):
            yield name, nearest_name(name, known)


def _known() -> frozenset[str]:
    return frozenset(s.name for s in SETTINGS) | {f"{s.name}_FILE" for s in SETTINGS if s.secret}


def _file(store: Path, environ: Mapping[str, str], problems: list[str]) -> dict[str, _Written]:
    path = settings_file(store, environ)
    if not path.is_file():
        if environ.get(WHICH_FILE):
            problems.append(f"{WHICH_FILE}: there is no file {path}")
        return {}
    written: dict[str, _Written] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        place = f"{path}:{number}"
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if not name or name.startswith("#"):
            continue
        if not equals or name not in _known():
            problems.append(f"{place}: {_no_setting(name, nearest_name(name, _known()))}")
        elif name in written:
            problems.append(f"{place}: {name} stands here twice, first at {written[name].place}")
        else:
            written[name] = _Written(_unquoted(value.strip()), place)
    return written


def _no_setting(name: str, meant: str) -> str:
    return f"'{name}' is no setting" + (f"; did you mean '{meant}'?" if meant else "")


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _found(setting: Setting, source: Mapping[str, _Written], problems: list[str]) -> _Written | None:
    """What one source says of a setting, itself or in a file that it names."""
    direct = source.get(setting.name)
    by_file = source.get(f"{setting.name}_FILE") if setting.secret else None
    if by_file is None or not by_file.value:
        return direct
    if direct is not None and direct.value:
        problems.append(f"{_name(setting, direct)} and {setting.name}_FILE are both given; keep one")
        return None
    try:
        return _Written(Path(by_file.value).expanduser().read_text("utf-8").strip(), by_file.place)
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "is no text"
        problems.append(f"{_name(setting, by_file)}_FILE: {by_file.value}: {why}")
        return None


def _take(setting: Setting, found: _Written, given: dict[str, Any], problems: list[str]) -> None:
    try:
        given[setting.field] = setting.read(found.value)
    except ValueError as allowed:
        shown = "what is given" if setting.secret else f"'{found.value}'"
        problems.append(f"{_name(setting, found)}: {shown} makes no sense; allowed: {allowed}")


def _name(setting: Setting, found: _Written) -> str:
    return f"{found.place}: {setting.name}" if found.place else setting.name


def _unlike(given: Mapping[str, Any]) -> Iterator[str]:
    """Settings that make no sense together."""
    issuer, client = (given.get(name) for name in ("oidc_issuer", "oidc_client_id"))
    if issuer and not client:
        yield "CLEW_OIDC_ISSUER is given without CLEW_OIDC_CLIENT_ID; give both or none"
    if client and not issuer:
        yield "CLEW_OIDC_CLIENT_ID is given without CLEW_OIDC_ISSUER; give both or none"


def _kept_secret(store: Path) -> str:
    """The secret of a workspace, drawn by whichever process comes first."""
    path = store / SECRET_FILE
    if not path.exists():
        _draw_secret(path)
    try:
        return str(_SECRET.read(path.read_text("utf-8").strip()))
    except ValueError as allowed:
        raise BadSettings(
            [
                f"{path}: this is no secret; allowed: {allowed}; without the file a new one is drawn, "
                "people sign in anew and the audit log cannot be verified from before"
            ]
        ) from allowed


def _draw_secret(path: Path) -> None:
    private_folder(path.parent)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # only its owner may read it
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(_BYTES_OF_SECRET))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another was first: then theirs counts
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
