"""The peer of `tillid bench link`: Splink 5 on DuckDB, as its guides recommend for customers, tuned in its favour."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import PeerNotHere
from tillid.stages.resolve.link.evaluate import pair_score

THRESHOLD = 0.95
_OTHERS = (0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.99, 0.999)
_PAIRS_FOR_U, _LEAST = 1e7, 0.01


def linked_by_splink(path: Path) -> Mapping[str, Any]:
    """The list linked: how right its clusters are at .95, and at the best threshold, which needs to know who is who.

    Only the first is part of what it takes; raises `PeerNotHere`.
    """
    started = monotonic()
    try:
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415
        from splink import comparison_library as cl  # noqa: PLC0415
    except ImportError as error:
        raise PeerNotHere("Splink is not installed", hint="pip install 'splink>=5,<6' beside Tillid.") from error
    table = pq.read_table(path)
    given = table.append_column("unique_id", pa.array(np.arange(table.num_rows)))
    rules: list[Any] = [
        block_on("email"), block_on("phone"), block_on("last_name", "birth_date"), block_on("first_name", "birth_date"),
        block_on("street", "postcode"), block_on("first_name", "last_name", "postcode"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True), cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]), cl.LevenshteinAtThresholds("street", [1, 3]),
        ],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(given), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email"), block_on("phone"), block_on("first_name", "last_name", "birth_date")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_FOR_U)
    for rule in (block_on("email"), block_on("phone"), block_on("first_name", "last_name", "birth_date")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=_LEAST)
    entity = table["entity"].to_numpy()

    def score(threshold: float) -> Any:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
        found = pa.table(clusters.as_duckdbpyrelation().select("unique_id, cluster_id").to_arrow_table())
        of = np.empty(table.num_rows, np.int64)
        of[found["unique_id"].to_numpy()] = found["cluster_id"].to_numpy()
        return pair_score(entity, of)

    fixed = score(THRESHOLD)
    seconds = round(monotonic() - started, 2)
    best = max((fixed, *map(score, _OTHERS)), key=lambda one: one.f1)
    return {
        **{name: round(value, 4) for name, value in fixed.as_dict().items()},
        "best_f1": round(best.f1, 4),
        "seconds": seconds,
    }
