"""A CRM pipeline: won, lost and open deals."""

from __future__ import annotations

from collections.abc import Sequence

from figures.asking import DAY, Asker, Row

DEALS_WITHOUT_EVENT = "Prospecting"


def deal_stages(asker: Asker) -> Sequence[Row]:
    """M2: deals by stage, most first, with the fields that are empty."""
    runs = {str(row["state"]): row for row in asker.ask("crm", "runs").rows}
    open_deals, silent = runs["engaging"]["runs"], runs["no event yet"]["runs"]
    orphans = asker.ask("crm", "runs", where={"sector": ("(none)",)}).rows
    without_account = next(row["runs"] for row in orphans if row["state"] == "engaging")
    return [
        _stage("Won", runs["won"]["runs"], value=round(runs["won"]["value"])),
        _stage("Lost", runs["lost"]["runs"], value=round(runs["lost"]["value"])),
        _stage("Engaging", open_deals, account_empty=without_account, close_empty=open_deals),
        _stage(
            DEALS_WITHOUT_EVENT,
            silent,
            account_empty=_threads_without_account(asker) - without_account,
            engage_empty=silent,
            close_empty=silent,
        ),
    ]


def win_rate(asker: Asker) -> Sequence[Row]:
    """M3: won of the decided, and what they brought."""
    won = _won(asker.ask("crm", "runs").rows)
    value = won["value"]
    return [{"win_pct": 100 * won["share_of_ended"], "won_value": round(value), "mean_won": value / won["runs"]}]


def days_to_close(asker: Asker) -> Sequence[Row]:
    """M4: days from engaged to lost and to won."""
    return [_days(asker, end) for end in ("Lost", "Won")]


def managers(asker: Asker) -> Sequence[Row]:
    """M5: win rate and value by manager and office, most value first."""
    rows = [row for row in asker.ask("crm", "runs", by=("manager", "regional_office")).rows if row["state"] == "won"]
    found = [
        {
            "manager": row["manager"],
            "regional_office": row["regional_office"],
            "closed": row["n_ended"],
            "win_pct": 100 * row["share_of_ended"],
            "value": round(row["value"]),
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: -row["value"])


def _stage(name: str, n: int, **more: int) -> Row:
    return {"deal_stage": name, "n": n, "account_empty": 0, "engage_empty": 0, "close_empty": 0} | more


def _won(rows: Sequence[Row]) -> Row:
    return next(row for row in rows if row["state"] == "won")


def _threads_without_account(asker: Asker) -> int:
    """Deals that are a thread of their own: no account was given."""
    deals, threads = asker.workspace("crm").view().threads_of("deal")
    return int((deals == threads).sum())


def _days(asker: Asker, end: str) -> Row:
    row = asker.ask("crm", "time", between=f"engaged > {end}", finished_only=True).rows[0]
    days = {"median_days": row["median"] / DAY, "p90": row["p90"] / DAY, "mean": row["mean"] / DAY}
    return {"deal_stage": end, "n": row["n"]} | days
