"""What a lead wash hands back: a file with verdicts and washed beside raw values, figures, and a page to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.wash_leads import WashedLeads
from tillid.pipeline.wiring import open_list_file
from tillid.ports.destination import Receipt
from tillid.stages.wash import Verdict
from tillid.stages.wash.lead_verdicts import counted

NO_MODEL = "no model scores leads, so the column stands empty"
_ABOUT = {"Line": "line", "Verdict": "verdict", "Reason": "reason", "Detail": "detail", "Priority": "priority"}


def write_leads(washed: WashedLeads, path: Path) -> Receipt:
    """Write every row with its verdict; `path` ends in .csv, .xlsx or .parquet. Raises `DestinationError`."""
    leads, verdicts = washed.leads, washed.verdicts
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        name: verdicts.column(name) for name in ("line", "verdict", "reason", "detail")
    }
    columns["priority"] = pa.nulls(verdicts.num_rows, pa.float64())
    headers = dict(_ABOUT)
    taken = set(headers)
    missing = verdicts.num_rows - len(leads)
    for place, header in enumerate(leads.look.columns):
        pairs = {header: leads.washed[header]}
        if header in leads.found:
            pairs |= {f"{header} (raw)": leads.raw[header], f"{header} (found)": _found(washed, header)}
        for shown, values in pairs.items():
            name = f"c{place}_{len(columns)}"
            columns[name] = pa.concat_arrays([values.cast(pa.string()), pa.nulls(missing, pa.string())])
            headers[_free(shown, taken)] = name
    return open_list_file(path).deliver(pa.table(columns), headers, "")


def _found(washed: WashedLeads, header: str) -> pa.Array:
    """What was found in each value of a column: the verdict and, where there is one, the reason."""
    found = washed.leads.found[header]
    verdicts, reasons = found.verdicts.cast(pa.string()), found.reasons.cast(pa.string())
    return pc.if_else(
        pc.is_valid(reasons), pc.binary_join_element_wise(verdicts, pc.fill_null(reasons, ""), ": "), verdicts
    )


def _free(header: str, taken: set[str]) -> str:
    free, count = header, 1
    while free in taken:
        count += 1
        free = f"{header} ({count})"
    taken.add(free)
    return free


def figures(washed: WashedLeads) -> dict[str, object]:
    """The figures of a lead wash as plain values; no value of a lead is in them."""
    verdicts = counted(washed.verdicts)
    return {
        "leads": washed.verdicts.num_rows,
        "verdicts": {verdict: sum(reasons.values()) for verdict, reasons in verdicts.items()},
        "reasons": {verdict: reasons for verdict, reasons in verdicts.items() if verdict != "good"},
        "columns": {header: _counts(found.verdicts) for header, found in washed.leads.found.items()},
        "roles": {role: list(headers) for role, headers in washed.leads.roles.headers.items()},
        "lists": [one.as_dict(washed.today) for one in washed.lists],
        "purpose": washed.asked.purpose,
        "target": washed.asked.target,
        "threshold": washed.asked.threshold,
        "priority": {"model": None, "why": NO_MODEL},
        "bought": None if washed.asked.bought is None else washed.asked.bought.isoformat(),
        "notice_due": None if washed.notice_due is None else washed.notice_due.isoformat(),
        "file": washed.asked.leads.name,
        "digest": washed.leads.file.digest,
        "notes": list(washed.notes),
    }


def _counts(verdicts: pa.Array) -> Mapping[str, int]:
    counts = {one["values"]: one["counts"] for one in pc.value_counts(verdicts.cast(pa.string())).to_pylist()}
    return {str(verdict): counts.get(str(verdict), 0) for verdict in Verdict}
