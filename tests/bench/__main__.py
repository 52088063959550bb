"""`python -m tests.bench [--only NAME] [--list]`: runs the benchmarks, a JSON line each; what they say beside goes to stderr."""

import argparse
import asyncio
import importlib
import pkgutil
import sys
import traceback

import tests.bench
from tests.bench.harness import REGISTRY, Bench


def load() -> None:
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name not in ("__main__", "harness"):
            importlib.import_module(f"tests.bench.{module.name}")


def chosen(only: str | None) -> list[Bench]:
    """All, or the one of that name, or those whose names begin so."""
    if only is None:
        return list(REGISTRY.values())
    return (
        [REGISTRY[only]] if only in REGISTRY else [b for name, b in REGISTRY.items() if name.startswith(only)]
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", help="a name, or how names begin")
    parser.add_argument("--list", action="store_true", help="names and goals, without running")
    given = parser.parse_args()
    load()
    benches = chosen(given.only)
    if given.only and not benches:
        print(f"No benchmark is called {given.only}. There are: {', '.join(REGISTRY)}", file=sys.stderr)
        return 2
    failed = 0
    for one in benches:
        if given.list:
            print(f"{one.name}: {one.goal} ({one.limit})")
            continue
        try:
            print(one.line(asyncio.run(one.measure())), flush=True)
        except Exception:  # noqa: BLE001 - one broken benchmark must not hide the others' figures
            failed += 1
            print(f"{one.name} did not come to an end:\n{traceback.format_exc()}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
