"""Who may use which data for what: the register, permits, rules and the governing of queries."""
