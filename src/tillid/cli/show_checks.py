"""How findings, the doctor's checks and a bench's figures look to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from tillid.cli.show import heading, plain, show, tabled

if TYPE_CHECKING:
    from tillid.pipeline.check import CheckReport
    from tillid.pipeline.doctor import Check

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def findings_shown(report: CheckReport) -> None:
    """Each mistake on a line of its own, or what the project declares."""
    for finding in report.findings:
        click.echo(plain(finding))
    if report.findings:
        click.echo(f"{len(report.findings)} mistake{'' if len(report.findings) == 1 else 's'}", err=True)
        return
    click.echo(f"In order: {len(report.purposes)} purposes, {len(report.tables)} tables.")
    click.echo(f"  purposes  {', '.join(report.purposes)}")
    click.echo(f"  tables    {', '.join(report.tables)}")


def checks_shown(checks: tuple[Check, ...]) -> None:
    """A line a check; what to do is below the one that it is about."""
    for check in checks:
        line = Text(f"{check.state.value:<5}", style=_COLOURS[check.state.value])
        line.append(f"{check.name:<15} {plain(check.found)}", style="default")
        show(line)
        if check.hint:
            show(f"{'':<21}{plain(check.hint)}")


def governed_shown(explanation: Mapping[str, Any]) -> None:
    """The decision on a statement: the rules, the columns, and the SQL that stands behind it."""
    show(f"{explanation['actor']} for {', '.join(explanation['purposes'])}: allowed")
    rules = [(rule["table"], rule["rule"], rule["reason"]) for rule in explanation["rules"]]
    show(heading("rules"), tabled(("table", "rule", "reason"), rules))
    show(heading("statement"), explanation["statement"])
    for name, sql in explanation["tables"].items():
        show(heading(f"{name} stands for"), sql)


def bench_shown(done: Mapping[str, Any]) -> None:
    """A bench's figures and ratios."""
    figures, ratios = done.get("figures", {}), done.get("ratios", {})
    show(f"bench {done.get('name', '')}", tabled(("figure", "value"), _flat(figures), numbers=(1,)))
    show(tabled(("ratio", "times"), _flat(ratios), numbers=(1,)))


def _flat(figures: Mapping[str, Any], before: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in figures.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{before}{name} ")
        else:
            rows.append((f"{before}{name}", round(value, 3) if isinstance(value, float) else value))
    return rows
