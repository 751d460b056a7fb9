"""Intake: from typed, washed batches to facts in the store, under the purpose housekeeping.intake."""
