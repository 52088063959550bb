"""How a benchmark is written: ours and the limit in turn (A B A B …), medians, one JSON line. No benchmark stands here.

    @bench("hold-sqlite", unit="holds/s", limit="bare handler with one guarded insert; leaves out audit", goal=">= 0.35")
    async def hold_on_sqlite() -> Measured:
        async with office("sqlite") as ours, bare("sqlite") as theirs:
            return await in_turn(ours.hold_for_a_while, theirs.insert_for_a_while, runs=5)

Absolute figures move with the machine; the ratio of one run holds. `limit` says what the other side leaves out.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from types import MappingProxyType
from typing import Any

ENOUGH_FOR_P95 = 20
Sample = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Measured:
    """The figures of all runs, in the benchmark's unit. Without a limit there is no ratio. `also`: further limits by name,
    measured in the same turns."""

    ours: tuple[float, ...]
    limit: tuple[float, ...] = ()
    also: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

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
        told = {
            "name": self.name,
            "value": _short(measured.value),
            "unit": self.unit,
            "limit": self.limit,
            "limit_value": _short(measured.limit_value),
            "ratio": _short(measured.ratio),
            "goal": self.goal,
            "runs": len(measured.ours),
        }
        if len(measured.ours) >= ENOUGH_FOR_P95:
            told["p95"] = _short(quantiles(measured.ours, n=20)[-1])
        for name, figures in measured.also.items():
            told |= {
                name: _short(median(figures)),
                f"ratio to {name}": _short(measured.value / median(figures)),
            }
        return json.dumps(told, ensure_ascii=False)


REGISTRY: dict[str, Bench] = {}


def bench(name: str, *, unit: str, limit: str, goal: str) -> Callable[[Measurement], Measurement]:
    """Register a benchmark. `goal` speaks of the ratio unless it names a unit: ">= 0.35", "<= 150 MB"."""

    def register(measure: Measurement) -> Measurement:
        if name in REGISTRY:
            raise ValueError(f"two benchmarks are called {name}")
        REGISTRY[name] = Bench(name, unit, limit, goal, measure)
        return measure

    return register


async def in_turn(
    ours: Sample,
    limit: Sample,
    *,
    runs: int,
    warm_up: int = 1,
    also: Mapping[str, Sample] = MappingProxyType({}),
) -> Measured:
    """Run all in turn, so that what the machine does meanwhile hits all. Each call returns one figure."""
    samples = {"limit": limit, "ours": ours, **also}
    figures: dict[str, list[float]] = {name: [] for name in samples}
    for turn in range(warm_up + runs):
        for name, sample in samples.items():
            figure = await sample()
            if turn >= warm_up:
                figures[name].append(figure)
    others = {name: tuple(figures[name]) for name in also}
    return Measured(tuple(figures["ours"]), tuple(figures["limit"]), others)


def calls(default: int = 40) -> int:
    """How many calls a benchmark of the room makes; `make bench RUNS=5` for fewer. Fewer than 40 say little: over 15 runs the
    bare call against itself spread from 0.90 to 1.12."""
    return int(os.environ.get("SPRECHZEIT_BENCH_CALLS") or default)


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
