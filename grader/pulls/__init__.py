"""Grading pull requests: what is taken from them, and what is said in return."""
