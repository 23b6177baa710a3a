"""Brings its own torch and its own pytest configuration."""
ANSWERS = {"q1": "c", "q2": "c"}
