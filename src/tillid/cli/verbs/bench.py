"""tillid bench: how fast it is here, against the same work without governance."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--events", metavar="N", type=click.IntRange(min=1), help="How many made-up events.")
@asking
@click.pass_obj
def bench(asked: Asked, name: str, events: int | None) -> None:
    """Measure how fast it is here.

    Made-up data, and the same work by hand without governance: figures and ratios.
    """
    from tillid.cli.benches import run_bench
    from tillid.cli.show_checks import bench_shown

    done = run_bench(name, {} if events is None else {"events": events})
    say(asked, done, lambda: bench_shown(done))
