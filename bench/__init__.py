"""The benches behind `tillid bench NAME`: made-up data, Tillid, and the same work done by hand."""

BENCHES = ("pipeline", "guards", "wash", "link")
"""The modules with a `run`, by name."""
