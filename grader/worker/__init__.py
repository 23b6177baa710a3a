"""Processes that run code we do not trust: the zygote, its workers, their wire and their jail."""

import os

# numpy, which torch imports, would start OpenBLAS threads; a process that forks must have one thread only.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
