"""One profile a person: the golden record of traits, and variables worked out from events."""
