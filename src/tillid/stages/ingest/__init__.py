"""Turns what source files hold into typed rows, each with the purposes that it was collected for."""
