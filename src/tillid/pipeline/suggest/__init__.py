"""Drafts a source definition from looking at a file: its kind, and what its columns mean."""
