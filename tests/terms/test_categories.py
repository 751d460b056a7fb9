"""The keys that the package carries are fideslang's."""

from __future__ import annotations

from fideslang.default_taxonomy import DEFAULT_TAXONOMY

from tillid.terms.categories import (
    ALL_CATEGORIES,
    ALL_DATA_SUBJECTS,
    ALL_DATA_USES,
    LOCAL_CATEGORIES,
    LOCAL_DATA_USES,
    SPECIAL_CATEGORIES,
)


def test_every_key_is_one_of_the_library_and_none_is_missing() -> None:
    categories = {item.fides_key for item in DEFAULT_TAXONOMY.data_category}
    assert categories | LOCAL_CATEGORIES == ALL_CATEGORIES
    assert not categories & LOCAL_CATEGORIES, "the library has the key now: it is no longer a local one"
    assert {item.fides_key for item in DEFAULT_TAXONOMY.data_subject} == ALL_DATA_SUBJECTS
    uses = {item.fides_key for item in DEFAULT_TAXONOMY.data_use}
    assert uses | LOCAL_DATA_USES == ALL_DATA_USES
    assert not uses & LOCAL_DATA_USES, "the library has the key now: it is no longer a local one"
    assert SPECIAL_CATEGORIES <= ALL_CATEGORIES
