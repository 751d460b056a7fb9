"""Resolve: which subjects are one person, by exact match on washed identifiers."""
