"""The lead wash: a list of leads judged one by one, against itself, suppression lists and the people of the project."""
