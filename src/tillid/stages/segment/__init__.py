"""Saved rules over people: who is a member, and who entered or left."""
