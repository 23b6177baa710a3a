"""The source of a check's random inputs: seeded, on the CPU, in float64."""

import hashlib

import torch
from torch import Tensor


class Draw:
    """Draws inputs that depend only on the run's seed and on a name, never on the order of checks."""

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}|{name}".encode()).digest()
        self._generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))

    def normal(self, *shape: int) -> Tensor:
        """Return standard normal numbers."""
        return torch.randn(shape, generator=self._generator, dtype=torch.float64)

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return uniform numbers in [low, high)."""
        return low + (high - low) * torch.rand(shape, generator=self._generator, dtype=torch.float64)

    def integers(self, *shape: int, low: int, high: int) -> Tensor:
        """Return int64 numbers in [low, high)."""
        return torch.randint(low, high, shape, generator=self._generator)

    def permutation(self, size: int) -> Tensor:
        """Return a permutation of 0 … size-1."""
        return torch.randperm(size, generator=self._generator)

    def generator(self) -> torch.Generator:
        """Return a fresh generator, seeded from this source."""
        return torch.Generator().manual_seed(int(self.integers(1, low=0, high=2**31)))
