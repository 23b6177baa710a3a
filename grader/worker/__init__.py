"""Processes that run code we do not trust: the zygote, its workers, their wire and their jail."""
