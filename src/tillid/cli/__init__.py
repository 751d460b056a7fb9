"""The analyst's door: the command line."""
