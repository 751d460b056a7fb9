"""Small projects whose files are on another machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from small_projects import CRM, ORDERS, TILLID, SmallProject

ORDER = ORDERS.replace("files: data/orders*.csv", "from: partner\nfiles: 'ud/orders*'")
PEOPLE = CRM.replace("files: data/crm*.csv", "from: partner\nfiles: 'ud/**/crm*.csv'")


def project(folder: Path, connection: str, **sources: str) -> SmallProject:
    """A project with the connection `partner`, asked a little after now: a bucket dates its files by itself."""
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    files = {f"sources/{name}.yml": text for name, text in sources.items()}
    return SmallProject(folder / "p", {"tillid.yml": f"{TILLID}connections:\n  partner: {connection}\n", **files}, now)


def order(item: str, no: int = 1) -> str:
    """A line of a file of orders."""
    return f"{no},2025-12-01 10:00:00,{item},10.00"


def items(made: SmallProject) -> list[str]:
    """What was ordered, as the store has it."""
    return sorted(row["item"] for row in made.sql("select item from orders"))


def left_behind(made: SmallProject) -> list[Path]:
    """The copies of remote files that lie in the project."""
    return list((made.folder / ".tillid" / "fetched").rglob("*"))
