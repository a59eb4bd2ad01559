"""Every setting, declared once: name, meaning, default, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clew.config import values
from clew.errors import ClewError


class BadSettings(ClewError):
    """Settings that make no sense."""

    code = "bad-settings"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Settings:
    """Settings in force. Spans are microseconds, sizes bytes; None and () where a setting is not given.

    secret  signs sessions, cookies and the audit log; the same in all processes of a workspace
    """

    secret: str = field(repr=False)
    database_url: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8377
    public_url: str | None = None
    trusted_proxies: Sequence[values.Network] = ()
    session_us: int = 14 * 86_400_000_000
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_name: str = "OpenID"
    oidc_role: str | None = None
    oidc_email: str = "verified"
    oidc_groups: str = "groups"
    oidc_roles: Sequence[tuple[str, str]] = ()
    metrics_token: str | None = field(default=None, repr=False)
    ingest_body: int = 6_000_000
    ingest_rate: int = 0
    log_level: str = "info"
    log_format: str = "console"
    backups: Path | None = None

    @property
    def address(self) -> str:
        """Where people reach this Clew, without a slash at the end."""
        return self.public_url or f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True)
class Setting:
    """One setting.

    name     of the variable               field    of Settings
    default  as it would be written, "" where there is none
    read     reads what is written; raises ValueError with what is allowed
    secret   may also be given as NAME_FILE, and is never shown
    """

    name: str
    field: str
    meaning: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False


_LEAST_SECRET = 32

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CLEW_DATABASE_URL",
        "database_url",
        "database of the operational data, as `postgresql://clew:PASSWORD@db/clew`. Without one: SQLite in `.clew/`",
        "",
        values.postgres_url,
        secret=True,
    ),
    Setting("CLEW_HOST", "host", "address that the server listens on; `0.0.0.0` for all", "127.0.0.1", values.host),
    Setting("CLEW_PORT", "port", "port that the server listens on; 0: any that is free", "8377", values.port),
    Setting(
        "CLEW_PUBLIC_URL",
        "public_url",
        "address at which people and tools reach this Clew; with `https` cookies are sent by `https` only",
        "",
        values.web_address,
    ),
    Setting(
        "CLEW_TRUSTED_PROXIES",
        "trusted_proxies",
        "proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks",
        "",
        values.networks,
    ),
    Setting(
        "CLEW_SECRET",
        "secret",
        "signs sessions and the audit log. Without one: drawn once, kept in `.clew/secret`",
        "",
        values.long_text(_LEAST_SECRET),
        secret=True,
    ),
    Setting("CLEW_SESSION", "session_us", "how long a sign-in lasts without use", "14 days", values.duration_us),
    Setting("CLEW_OIDC_ISSUER", "oidc_issuer", "OpenID provider that people sign in with", "", values.web_address),
    Setting("CLEW_OIDC_CLIENT_ID", "oidc_client_id", "what the provider knows this Clew by", "", values.text),
    Setting(
        "CLEW_OIDC_CLIENT_SECRET",
        "oidc_client_secret",
        "secret that the provider gave; none for a public client",
        "",
        values.text,
        secret=True,
    ),
    Setting("CLEW_OIDC_NAME", "oidc_name", "how the sign-in page names the provider", "OpenID", values.text),
    Setting(
        "CLEW_OIDC_ROLE",
        "oidc_role",
        "role of people whom the provider knows and Clew does not yet. Without one they must be added first",
        "",
        values.one_of("viewer", "member", "journey owner"),
    ),
    Setting(
        "CLEW_OIDC_EMAIL",
        "oidc_email",
        "whether an address that the provider tells finds the user who was added with it: `verified`, where the "
        "provider confirmed it; `trusted`, always; `off`, never",
        "verified",
        values.one_of("verified", "trusted", "off"),
    ),
    Setting("CLEW_OIDC_GROUPS", "oidc_groups", "claim in which the provider tells groups", "groups", values.text),
    Setting(
        "CLEW_OIDC_ROLES",
        "oidc_roles",
        "roles by group of the provider, as `leads=journey owner, sales=member`; then groups decide at every sign-in",
        "",
        values.pairs("viewer", "member", "journey owner", "admin"),
    ),
    Setting(
        "CLEW_METRICS_TOKEN",
        "metrics_token",
        "token under which `/metrics` may be read. Without one: from this machine only, and not with `CLEW_PUBLIC_URL`",
        "",
        values.long_text(16),
        secret=True,
    ),
    Setting("CLEW_INGEST_BODY", "ingest_body", "largest body of arriving events, inflated", "6 MB", values.size),
    Setting(
        "CLEW_INGEST_RATE",
        "ingest_rate",
        "events a second that one key may send to one process; 0: no limit",
        "0",
        values.whole(0, 1_000_000_000),
    ),
    Setting(
        "CLEW_LOG_LEVEL",
        "log_level",
        "least important message that is logged",
        "info",
        values.one_of("debug", "info", "warning", "error"),
    ),
    Setting("CLEW_LOG_FORMAT", "log_format", "form of the log", "console", values.one_of("console", "json")),
    Setting("CLEW_BACKUPS", "backups", "folder in which `clew backup` writes when no file is named", "", values.folder),
)
