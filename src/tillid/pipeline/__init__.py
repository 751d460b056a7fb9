"""Puts the stages together: projects, plans, runs and explanations."""
