"""Where data rests: one file for each engine."""
