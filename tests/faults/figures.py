"""What the trials of a part came to: counts, and of each kind of fault the first few."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_SHOWN = 6


@dataclass
class Figures:
    """Counts by name. `faults` are those that must be 0, always told even so."""

    faults: tuple[str, ...]
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, name: str, yes: object = True, example: str = "") -> None:
        """Count `name` where `yes`."""
        if not yes:
            return
        self.counts[name] += 1
        if name in self.faults and len(self.examples) < _SHOWN:
            self.examples.append(f"{name}: {example}")

    @property
    def clean(self) -> bool:
        return not any(self.counts[f] for f in self.faults)

    def line(self) -> str:
        """One line: first what was counted, then the faults."""
        seen = [f"{n} {k}" for k, n in self.counts.items() if k not in self.faults]
        return " · ".join([*seen, *(f"{self.counts[f]} {f}" for f in self.faults)])
