"""The journal: every grade of a class, on disk as soon as it is known."""
