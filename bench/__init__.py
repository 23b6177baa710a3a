"""Measurements: what the goals of speed and memory are, and how near to them this machine comes."""
