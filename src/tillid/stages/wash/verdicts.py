"""From graded values to verdicts: what was found in each value, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.definitions import Verdict, WashKind
from tillid.stages.wash.reasons import GUESSES, VERDICT_OF, Graded, Reason
from tillid.stages.wash.text import by_distinct, is_placeholder

_VERDICTS = tuple(Verdict)
_REASONS = tuple(Reason)
_VERDICT_NAMES = pa.array([str(verdict) for verdict in _VERDICTS])
_REASON_NAMES = pa.array([str(reason) for reason in _REASONS])
_GUESS_CODES = pa.array([_REASONS.index(reason) for reason in _REASONS if reason in GUESSES], pa.int8())
_VERDICT_CODES = pa.array([_VERDICTS.index(VERDICT_OF[reason]) for reason in _REASONS], pa.int8())


@dataclass(frozen=True, slots=True)
class Washed:
    """Washed values and, for each, what was found and why.

    `values` are strings, null where empty or invalid. `verdicts` (`Verdict`) and `reasons` (`Reason`) are
    dictionary-encoded strings; a reason is null where a value is empty or fine as it came. All three are as long
    as what was washed.
    """

    values: pa.Array
    verdicts: pa.Array
    reasons: pa.Array

    @property
    def guessed(self) -> pa.Array | None:
        """Which values are guesses (`GUESSES`), as booleans without null; None where none is."""
        is_guess = pc.is_in(self.reasons.indices, value_set=_GUESS_CODES)
        return is_guess if is_guess.true_count else None


def judged(kind: WashKind, raw: pa.Array, trimmed: pa.Array, graded: Graded) -> Washed:
    """The verdicts on graded values: their reasons tell them, and else whether the value changed or is gone."""
    kept = graded.values.is_valid()
    said = pc.index_in(graded.reasons, value_set=_REASON_NAMES).cast(pa.int8())
    changed = pc.and_not(kept, pc.fill_null(pc.equal(raw, graded.values), False))
    empty = pc.and_not(_is_empty(kind, trimmed, kept), said.is_valid())
    because = pc.coalesce(said, pc.if_else(changed, _reason(Reason.RESPELLED), pa.scalar(None, pa.int8())))
    because = pc.if_else(kept, because, pc.coalesce(said, _reason(Reason.NOT_UNDERSTOOD)))
    because = pc.if_else(empty, pa.scalar(None, pa.int8()), because)
    codes = pc.coalesce(_VERDICT_CODES.take(because), pc.if_else(empty, _verdict(Verdict.EMPTY), _VALID))
    # A remark that leaves the value good says nothing of how it was spelled.
    codes = pc.if_else(pc.and_(changed, pc.equal(codes, _VALID)), _verdict(Verdict.CORRECTED), codes)
    return Washed(
        graded.values,
        pa.DictionaryArray.from_arrays(codes, _VERDICT_NAMES),
        pa.DictionaryArray.from_arrays(because, _REASON_NAMES),
    )


def with_remark(washed: Washed, where: pa.Array, reason: Reason) -> Washed:
    """The same values, with a reason found beside others where it is more serious than a value's own."""
    verdict = VERDICT_OF[reason]
    lesser = pc.less_equal(washed.verdicts.indices, _verdict(Verdict.CORRECTED))
    here = pc.and_(where, lesser)
    return Washed(
        washed.values,
        pa.DictionaryArray.from_arrays(pc.if_else(here, _verdict(verdict), washed.verdicts.indices), _VERDICT_NAMES),
        pa.DictionaryArray.from_arrays(pc.if_else(here, _reason(reason), washed.reasons.indices), _REASON_NAMES),
    )


def _is_empty(kind: WashKind, trimmed: pa.Array, kept: pa.Array) -> pa.Array:
    lost = pc.invert(kept)
    empty = pc.and_(lost, pc.fill_null(pc.equal(trimmed, ""), True))
    unclear = pc.and_not(lost, empty)
    if kind is WashKind.NONE or not pc.any(unclear, min_count=0).as_py():
        return empty
    said = by_distinct(trimmed.filter(unclear), lambda text: "" if is_placeholder(text) else None)
    return pc.replace_with_mask(empty, unclear, said.is_valid())


def _verdict(verdict: Verdict) -> pa.Scalar:
    return pa.scalar(_VERDICTS.index(verdict), pa.int8())


def _reason(reason: Reason) -> pa.Scalar:
    return pa.scalar(_REASONS.index(reason), pa.int8())


_VALID = _verdict(Verdict.VALID)
