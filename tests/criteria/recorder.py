"""Writes down, while pytest runs, which test proves which position and whether it passed.

In a parallel run the marks travel with the reports to the process that leads it. A run of everything replaces the record; a run of some tests renews these and keeps the others.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.criteria.catalogue import read_catalogue

RECORD = Path("var/criteria.json")
PROPERTY = "criteria"


class CriteriaRecorder:
    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._known = set(read_catalogue())
        self._marks: dict[str, list[str]] = {}
        self._outcomes: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            ids = sorted({str(i) for mark in item.iter_markers("criterion") for i in mark.args})
            unknown = [i for i in ids if i not in self._known]
            if unknown:
                raise pytest.UsageError(f"{item.nodeid}: no such position: {', '.join(unknown)}")
            if ids:
                item.user_properties.append((PROPERTY, ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        marks = dict(report.user_properties).get(PROPERTY)
        if not marks:
            return
        assert isinstance(marks, list)
        self._marks[report.nodeid] = marks
        if report.failed:
            self._outcomes[report.nodeid] = "failed"
        elif report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            self._outcomes.setdefault(report.nodeid, "passed")
        elif report.skipped:
            self._outcomes.setdefault(report.nodeid, "skipped")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        is_worker = hasattr(session.config, "workerinput")
        if session.config.option.collectonly or is_worker or not self._outcomes:
            return
        record = self._kept(session.config)
        for test, outcome in self._outcomes.items():
            record[test] = {"criteria": self._marks[test], "outcome": outcome}
        path = self._root / RECORD
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n")

    def _kept(self, config: pytest.Config) -> dict[str, Any]:
        option = config.option
        everything = config.args == config.getini("testpaths") and not option.keyword and not option.markexpr
        if everything and not getattr(option, "lf", False):
            return {}
        record = read_record(self._root)
        renewed = {test.partition("[")[0] for test in self._outcomes}
        return {
            test: entry
            for test, entry in record.items()
            if (self._root / test.partition("::")[0]).exists() and test.partition("[")[0] not in renewed
        }


def read_record(root: Path) -> dict[str, Any]:
    """Test id ► {"criteria": [id…], "outcome": "passed" | "failed" | "skipped"}; empty when nothing has run yet."""
    try:
        record = json.loads((root / RECORD).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
