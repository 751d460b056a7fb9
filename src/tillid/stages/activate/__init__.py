"""Carries segments to where they are used: who was added, who was removed, who was held back."""
