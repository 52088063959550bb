"""Prints every position with the tests that prove it, then those that no passing test proves."""

import sys
from collections import defaultdict
from pathlib import Path

from tests.criteria.catalogue import read_catalogue, read_sections
from tests.criteria.recorder import read_record

MARK = {"passed": "✓", "failed": "✗", "skipped": "–"}


def main() -> int:
    record = read_record(Path.cwd())
    tests: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for test, entry in record.items():
        for position in entry["criteria"]:
            tests[position].append((entry["outcome"], test))

    catalogue, open_positions = read_catalogue(), []
    sections, section = read_sections(), ""
    for position, title in catalogue.items():
        if position[0] != section:
            section = position[0]
            print(f"\n{section} · {sections[section]}")
        found = sorted(tests[position], key=lambda pair: (pair[0] != "passed", pair[1]))
        proved = any(outcome == "passed" for outcome, _ in found)
        if not proved:
            open_positions.append(position)
        print(f"  {'✓' if proved else '·'} {position} {title}")
        for outcome, test in found:
            print(f"        {MARK[outcome]} {test}")

    print(f"\nProved: {len(catalogue) - len(open_positions)} of {len(catalogue)}")
    print(f"Not proved: {' '.join(open_positions) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
