"""The vocabulary that every other room speaks; no input or output."""
