"""A project folder, read into typed definitions with every mistake reported at once."""
