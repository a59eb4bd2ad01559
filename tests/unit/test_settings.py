"""Settings come from the environment, a file or a default, and nonsense is refused with a sentence."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest

from clew.config import SETTINGS, BadSettings, Settings, read_settings, unknown_settings

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/settings.md"


def test_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})

    assert settings == Settings(secret=settings.secret)
    assert settings.database_url is None
    assert settings.address == "http://127.0.0.1:8377"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("# mine\nCLEW_PORT=9000\nexport CLEW_HOST='0.0.0.0'\n")

    settings = read_settings(tmp_path, {"CLEW_PORT": "9100", "CLEW_LOG_LEVEL": ""})

    assert (settings.port, settings.host, settings.log_level) == (9100, "0.0.0.0", "info")


def test_the_file_may_stand_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "my.env"
    elsewhere.write_text("CLEW_PORT=9000\n")

    assert read_settings(tmp_path, {"CLEW_SETTINGS": str(elsewhere)}).port == 9000
    with pytest.raises(BadSettings, match=r"CLEW_SETTINGS: there is no file .*gone"):
        read_settings(tmp_path, {"CLEW_SETTINGS": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CLEW_PORT", "http", "CLEW_PORT: 'http' makes no sense; allowed: a whole number from 0 to 65,535"),
        ("CLEW_PORT", "70000", "'70000' makes no sense"),
        ("CLEW_PORT", "tcp://10.0.0.1:80", "'tcp://10.0.0.1:80' makes no sense"),  # what Kubernetes may set
        ("CLEW_INGEST_BODY", "big", "allowed: a number of bytes above 0, as '500 kB' or '5 MB'"),
        ("CLEW_INGEST_BODY", "0", "above 0"),
        ("CLEW_SESSION", "fortnight", "'fortnight' makes no sense; allowed: a number and a unit"),
        ("CLEW_SESSION", "3 working days", "in elapsed time"),
        ("CLEW_LOG_LEVEL", "loud", "allowed: debug | info | warning | error"),
        ("CLEW_PUBLIC_URL", "clew.example.com", "allowed: an address as https://clew.example.com"),
        ("CLEW_TRUSTED_PROXIES", "10.0.0.300", "allowed: addresses or networks"),
        ("CLEW_HOST", "my host", "a name or an IP address"),
        ("CLEW_OIDC_ISSUER", "https://id.example.com", "is given without CLEW_OIDC_CLIENT_ID"),
        ("CLEW_OIDC_ROLE", "admin", "allowed: viewer | member | journey owner"),
    ],
)
def test_nonsense_is_refused_with_variable_value_and_what_is_allowed(
    name: str, value: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path, {name: value})

    assert said in str(refused.value)


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if setting.secret])
def test_a_secret_may_stand_in_a_file_and_is_never_shown(name: str, tmp_path: Path) -> None:
    value = "postgresql://clew:hidden-hidden-hidden-hidden-hidden@db/clew"
    path = tmp_path / "value"
    path.write_text(value + "\n")

    settings = read_settings(tmp_path, {f"{name}_FILE": str(path)})

    field = next(setting.field for setting in SETTINGS if setting.name == name)
    assert getattr(settings, field) == value
    assert "hidden" not in repr(settings)
    with pytest.raises(BadSettings, match="are both given"):
        read_settings(tmp_path, {f"{name}_FILE": str(path), name: value})
    with pytest.raises(BadSettings, match=f"{name}_FILE: .*No such file"):
        read_settings(tmp_path, {f"{name}_FILE": str(tmp_path / "gone")})


def test_a_bad_secret_is_refused_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path, {"CLEW_SECRET": "opensesame", "CLEW_DATABASE_URL": "mysql://root:opensesame@db"})

    assert "CLEW_SECRET" in str(refused.value)
    assert "CLEW_DATABASE_URL" in str(refused.value)
    assert "opensesame" not in str(refused.value)


def test_a_line_of_the_file_that_is_no_setting_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("CLEW_PORT=1\nCLEW_PROT=8080\nCLEW_PORT=2\nnonsense\nCLEW_HOST=a b\n")

    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path, {})

    assert [problem.removeprefix(f"{tmp_path}/settings.env:") for problem in refused.value.problems] == [
        "2: 'CLEW_PROT' is no setting; did you mean 'CLEW_PORT'?",
        "3: CLEW_PORT stands here twice, first at " + f"{tmp_path}/settings.env:1",
        "4: 'nonsense' is no setting",
        "5: CLEW_HOST: 'a b' makes no sense; allowed: a name or an IP address of this machine, as 127.0.0.1 or 0.0.0.0",
    ]


def test_a_misspelt_variable_of_the_environment_is_found() -> None:
    environ = {"CLEW_DATABSE_URL": "x", "CLEW_PORT": "1", "CLEW_EXAMPLES": "x", "PATH": "x", "CLEW_SECRET_FILE": "x"}

    assert list(unknown_settings(environ)) == [("CLEW_DATABSE_URL", "CLEW_DATABASE_URL")]


def test_a_misspelt_variable_of_the_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(tmp_path, {"CLEW_PROT": "1", "CLEW_EXAMPLES": "x", "CLEW_FAILPOINTS": ""})

    assert refused.value.problems == ("'CLEW_PROT' is no setting; did you mean 'CLEW_PORT'?",)


def test_where_kubernetes_tells_that_services_are_is_no_misspelt_setting(tmp_path: Path) -> None:
    told = {
        "CLEW_SERVICE_HOST": "10.0.0.1",
        "CLEW_SERVICE_PORT_HTTP": "80",
        "CLEW_PORT_80_TCP_ADDR": "10.0.0.1",
        "CLEW_DB_PORT": "tcp://10.0.0.2:5432",
    }

    assert read_settings(tmp_path, told).port == 8377


def test_a_secret_is_drawn_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first, second = (read_settings(tmp_path / ".clew", {}).secret for _ in range(2))

    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / ".clew/secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / ".clew").iterdir()] == ["secret"]


def test_every_setting_is_a_field_with_the_default_that_is_declared() -> None:
    fields = {field.name: field.default for field in dataclasses.fields(Settings)}

    assert fields.keys() == {setting.field for setting in SETTINGS}
    declared = {setting.field: setting.read(setting.default) for setting in SETTINGS if setting.default}
    assert declared == {name: fields[name] for name in declared}
    assert {name for name, default in fields.items() if default in (None, ())} == (
        fields.keys() - declared.keys() - {"secret"}
    )


def test_every_setting_has_its_row_on_the_page() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `CLEW_")]

    assert rows == [
        f"| `{setting.name}` | {setting.meaning} | {f'`{setting.default}`' if setting.default else ''} |"
        for setting in SETTINGS
    ]
