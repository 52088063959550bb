"""The catalogue is whole, and a position counts as proved only by a test that passed."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from tests.criteria.catalogue import read_catalogue, read_sections
from tests.criteria.recorder import RECORD

pytest_plugins = ["pytester"]

WITHOUT = [part for plugin in ("cacheprovider", "asyncio", "aiohttp") for part in ("-p", f"no:{plugin}")]
CONFTEST = """
    from pathlib import Path
    from tests.criteria.recorder import CriteriaRecorder

    def pytest_configure(config):
        config.pluginmanager.register(CriteriaRecorder(config))
        config.addinivalue_line("markers", "criterion(*ids): positions")
"""


def test_the_catalogue_has_160_positions_in_11_sections() -> None:
    assert len(read_catalogue()) == 160
    assert "".join(read_sections()) == "ABCDEFGHIJK"


def run(pytester: pytest.Pytester, source: str, *arguments: str) -> dict[str, list[str]]:
    """Run these tests under the recorder; outcome ► positions."""
    pytester.makeconftest(dedent(CONFTEST))
    pytester.makepyfile(test_some=dedent(source))
    pytester.runpytest_inprocess(*WITHOUT, *arguments)
    path = pytester.path / RECORD
    record = json.loads(path.read_text()) if path.exists() else {}
    found: dict[str, list[str]] = {}
    for entry in record.values():
        found.setdefault(entry["outcome"], []).extend(entry["criteria"])
    return found


SOURCE = """
    import pytest

    @pytest.fixture
    def broken_afterwards():
        yield
        raise RuntimeError

    @pytest.mark.criterion("A01", "A02")
    def test_passes(): pass

    @pytest.mark.criterion("A03")
    def test_fails(): assert False

    @pytest.mark.criterion("A04")
    def test_skipped(): pytest.skip("no")

    @pytest.mark.criterion("A05")
    def test_breaks_at_the_end(broken_afterwards): pass
"""


def test_only_a_passing_test_proves(pytester: pytest.Pytester) -> None:
    found = run(pytester, SOURCE)
    assert found == {"passed": ["A01", "A02"], "failed": ["A05", "A03"], "skipped": ["A04"]}


def test_a_run_of_some_tests_keeps_what_the_others_proved(pytester: pytest.Pytester) -> None:
    run(pytester, SOURCE)
    assert run(pytester, SOURCE, "-k", "fails")["passed"] == ["A01", "A02"]


def test_a_position_that_does_not_exist_stops_the_run(pytester: pytest.Pytester) -> None:
    run(pytester, "import pytest\n@pytest.mark.criterion('Z99')\ndef test_x(): pass\n")
    assert not (pytester.path / RECORD).exists()


def test_the_record_lies_among_what_git_ignores() -> None:
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert "/var/" in ignored
