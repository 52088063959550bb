"""The harness of the benchmarks: in turn, medians, one line of the agreed form."""

import json

from tests.bench.harness import Bench, Measured, alone, in_turn


async def test_ours_and_the_limit_run_in_turn_and_medians_are_compared() -> None:
    order: list[str] = []
    ours, limit = iter([0.0, 30.0, 10.0, 20.0]), iter([0.0, 50.0, 10.0, 40.0])

    async def run_ours() -> float:
        order.append("A")
        return next(ours)

    async def run_limit() -> float:
        order.append("B")
        return next(limit)

    measured = await in_turn(run_ours, run_limit, runs=3)
    assert "".join(order) == "BABABABA"
    assert (measured.value, measured.limit_value, measured.ratio) == (20, 40, 0.5)

    one = Bench("hold", "holds/s", "bare insert", ">= 0.35", run_ours)  # type: ignore[arg-type]
    assert json.loads(one.line(measured)) == {
        "name": "hold",
        "value": 20,
        "unit": "holds/s",
        "limit": "bare insert",
        "limit_value": 40,
        "ratio": 0.5,
        "goal": ">= 0.35",
        "runs": 3,
    }


async def test_without_a_limit_there_is_no_ratio() -> None:
    async def megabytes() -> float:
        return 120.0

    measured = await alone(megabytes, runs=2)
    assert measured == Measured((120.0, 120.0))
    assert measured.ratio is None
