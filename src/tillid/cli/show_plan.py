"""How the plan of a run looks to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tillid.cli.show import facts, heading, show, tabled

if TYPE_CHECKING:
    from tillid.pipeline.plan import Plan


def plan_shown(plan: Plan) -> None:
    """Which files are new, changed, unchanged and gone, and what follows from them."""
    headers = ("source", "new", "changed", "unchanged", "gone", "to read")
    rows = [
        (name, *(len(files) for files in (s.new, s.changed, s.unchanged, s.gone, s.to_read)))
        for name, s in plan.sources.items()
    ]
    show(heading("Files"), tabled(headers, rows, numbers=range(1, 6)))
    read = [path for source in plan.sources.values() for path in source.to_read]
    waiting = [path for source in plan.sources.values() for path in source.waiting]
    after = f"generation {plan.generation}" if plan.generation else "nothing: this is the first run"
    show(
        heading("A run would"),
        facts(
            {
                "start from": after,
                "read": ", ".join(read) or "no file: nothing is new",
                "leave, being written": ", ".join(waiting),
                "work out": f"variables: {len(plan.variables)}, segments: {len(plan.segments)}",
                "for": "; ".join(" + ".join(scope) for scope in plan.scopes),
                "send": ", ".join(plan.activations),
            }
        ),
    )
