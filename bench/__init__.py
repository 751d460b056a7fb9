"""The benches behind `tillid bench NAME`: made-up data, Tillid, and the same work done by hand."""
