"""Tillid: a customer data platform in which purpose is part of every query."""

__version__ = "0.1.0"
