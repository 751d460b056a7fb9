"""The allow-list of SQL: the parts of a select statement and the functions that an analyst may use."""

from __future__ import annotations

from sqlglot import exp

STATEMENT = (
    "Select Union Intersect Except Subquery With CTE From Join Where Group Having Order Ordered Limit Offset "
    "Fetch Distinct Qualify Table TableAlias Column Identifier Alias Star Literal Boolean Null Paren Tuple "
    "Window WindowSpec Filter Var Interval IntervalSpan DataType DataTypeParam Named Cube Rollup GroupingSets"
)
CONDITIONS = (
    "And Or Xor Not EQ NEQ GT GTE LT LTE Between In Is Exists Like ILike NullSafeEQ NullSafeNEQ Any All "
    "Escape RegexpLike RegexpFullMatch RegexpILike Case If Coalesce Nullif Greatest Least"
)
NUMBERS = (
    "Add Sub Mul Div IntDiv Mod Pow Neg Abs Ceil Floor Round Sign Sqrt Cbrt Exp Ln Log Trunc Cast TryCast CastToStrType"
)
TEXT = (
    "Lower Upper Trim Length Substring Left Right Concat ConcatWs DPipe Contains StartsWith EndsWith Replace "
    "StrPosition Reverse Pad Initcap RegexpReplace RegexpExtract RegexpCount Split SplitPart Levenshtein "
    "Ascii Chr Repeat Unicode"
)
TIME = (
    "Extract DateDiff DateAdd DateSub DatetimeDiff DatetimeAdd DatetimeSub TimestampDiff TimestampAdd "
    "TimestampSub TimestampTrunc DateTrunc DatetimeTrunc TimeToStr StrToTime StrToDate TsOrDsToDate Date "
    "Year Quarter Month Week WeekOfYear Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Hour Minute Second "
    "DateFromParts MakeInterval LastDay DayName Dayname Monthname MonthName TimeToUnix UnixToTime EpochMs Epoch"
)
AGGREGATES = (
    "Count CountIf Sum Avg Min Max ArgMin ArgMax First Last AnyValue LogicalAnd LogicalOr Stddev StddevPop "
    "StddevSamp Variance VariancePop VarSamp Median Quantile QuantileCont PercentileCont PercentileDisc "
    "WithinGroup IgnoreNulls Mode ApproxDistinct ApproxQuantile Corr CovarSamp CovarPop GroupConcat"
)
WINDOWS = "RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue"

ALLOWED_SQL: frozenset[type] = frozenset(
    getattr(exp, name)
    for group in (STATEMENT, CONDITIONS, NUMBERS, TEXT, TIME, AGGREGATES, WINDOWS)
    for name in group.split()
    if hasattr(exp, name)
)

# A cast may not lead into types with a meaning of their own to an engine (blob, bit, json, struct, enum …).
ALLOWED_TYPES: frozenset[object] = frozenset(
    getattr(exp.DataType.Type, name)
    for name in (
        "BOOLEAN TINYINT SMALLINT INT BIGINT INT128 FLOAT DOUBLE DECIMAL VARCHAR TEXT CHAR DATE TIME TIMESTAMP "
        "TIMESTAMPNTZ INTERVAL"
    ).split()
    if hasattr(exp.DataType.Type, name)
)
