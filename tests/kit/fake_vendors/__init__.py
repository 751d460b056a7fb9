"""Small HTTP servers on loopback that speak as vendors document: one file a vendor, made-up people only."""
