"""Destinations: where lists of people are handed over, and taken back from."""
