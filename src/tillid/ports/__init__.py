"""What the house asks of stores, sources, destinations and clocks, as protocols."""
