"""How a benchmark is written: ours and the limit in turn (A B A B …), medians, one JSON line. No benchmark stands here.

    @bench("hold-sqlite", unit="holds/s", limit="bare handler with one guarded insert; leaves out audit", goal=">= 0.35")
    async def hold_on_sqlite() -> Measured:
        async with office("sqlite") as ours, bare("sqlite") as theirs:
            return await in_turn(ours.hold_for_a_while, theirs.insert_for_a_while, runs=5)

Absolute figures move with the machine; the ratio of one run holds. `limit` says what the other side leaves out.
"""

import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from statistics import median
from typing import Any

Sample = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Measured:
    """The figures of all runs, in the benchmark's unit. Without a limit there is no ratio."""

    ours: tuple[float, ...]
    limit: tuple[float, ...] = ()

    @property
    def value(self) -> float:
        return median(self.ours)

    @property
    def limit_value(self) -> float | None:
        return median(self.limit) if self.limit else None

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit_value if self.limit_value else None


Measurement = Callable[[], Coroutine[Any, Any, Measured]]


@dataclass(frozen=True)
class Bench:
    name: str
    unit: str
    limit: str
    goal: str
    measure: Measurement

    def line(self, measured: Measured) -> str:
        """The line that `make bench` prints."""
        return json.dumps(
            {
                "name": self.name,
                "value": _short(measured.value),
                "unit": self.unit,
                "limit": self.limit,
                "limit_value": _short(measured.limit_value),
                "ratio": _short(measured.ratio),
                "goal": self.goal,
                "runs": len(measured.ours),
            },
            ensure_ascii=False,
        )


REGISTRY: dict[str, Bench] = {}


def bench(name: str, *, unit: str, limit: str, goal: str) -> Callable[[Measurement], Measurement]:
    """Register a benchmark. `goal` speaks of the ratio unless it names a unit: ">= 0.35", "<= 150 MB"."""

    def register(measure: Measurement) -> Measurement:
        if name in REGISTRY:
            raise ValueError(f"two benchmarks are called {name}")
        REGISTRY[name] = Bench(name, unit, limit, goal, measure)
        return measure

    return register


async def in_turn(ours: Sample, limit: Sample, *, runs: int, warm_up: int = 1) -> Measured:
    """Run both in turn, so that what the machine does meanwhile hits both. Each call returns one figure."""
    for _ in range(warm_up):
        await limit()
        await ours()
    our_figures, limit_figures = [], []
    for _ in range(runs):
        limit_figures.append(await limit())
        our_figures.append(await ours())
    return Measured(tuple(our_figures), tuple(limit_figures))


async def alone(ours: Sample, *, runs: int) -> Measured:
    """For figures with a limit in absolute terms, such as memory."""
    return Measured(tuple([await ours() for _ in range(runs)]))


async def per_second(once: Callable[[], Awaitable[object]], *, for_s: float) -> float:
    """How often `once` gets done in a second, one after the other, over `for_s` seconds."""
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < for_s:
        await once()
        done += 1
    return done / spent


def _short(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.4g}")
