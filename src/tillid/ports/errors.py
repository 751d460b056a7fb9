"""What can go wrong at a store, a destination or where secrets are kept.

StoreError
├── StoreHeld            another verb holds the store
├── StoreTorn            its files can't be read
├── TableNotBuilt        a derived table that no run has worked out
├── TableMismatch        rows that do not fit their declaration
├── StoreFull            no space left
└── EngineMissing        the engine is not installed
FileUnsettled            a file that is written while it is read
DestinationError         a delivery that could not be made
SecretsError
├── SecretsExposed       others could read the file with secrets
└── SecretsTorn          it can't be read
"""

from __future__ import annotations

from tillid.terms.errors import TillidError


class StoreError(TillidError):
    """Something is wrong with the store."""


class StoreHeld(StoreError):
    """Another verb holds the store."""


class StoreTorn(StoreError):
    """The store's files can't be read."""


class TableNotBuilt(StoreError):
    """A derived table that no run has worked out yet."""


class TableMismatch(StoreError):
    """Rows that do not fit the table's declaration."""


class StoreFull(StoreError):
    """There is no space left to write."""


class EngineMissing(StoreError):
    """The engine or what it needs is not installed."""


class FileUnsettled(TillidError):
    """A file that is being written; nothing of it is kept."""


class DestinationError(TillidError):
    """A delivery that could not be made; what was there before is untouched."""


class SecretsError(TillidError):
    """Secrets can't be looked up."""


class SecretsExposed(SecretsError):
    """Others could read the file with secrets, so nothing is taken from it."""


class SecretsTorn(SecretsError):
    """The file with secrets can't be read."""
