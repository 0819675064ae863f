"""What tests may ask for: programs outside Python, by `@pytest.mark.needs("strace")`, and new golden files."""

import gc
import os

import hypothesis
import pytest
from parts import advice, missing

_ON_CI = os.environ.get("CI") == "true"

# On CI the same examples at every run: a change is judged by what it does, not by luck; elsewhere new ones are sought.
hypothesis.settings.register_profile("ci", derandomize=True)
if _ON_CI:
    hypothesis.settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """One switch accepts what a build makes now as what it shall make."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/out from what a build makes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: driving one keeps threads and an event loop, beside which nothing forks or begins another.

    What forks hundreds of times comes first: a fork of this process takes ten times as long when it has run the rest.
    """
    items.sort(key=lambda item: ("browser" in item.path.parts, not item.path.stem.endswith("_killed")))


def pytest_collection_finish() -> None:
    """What was collected stays: to look for garbage in it again and again took up to a second within one test."""
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing program is named: as a skip on anyone's machine, as a failure on CI."""
    absent = missing([name for mark in item.iter_markers("needs") for name in mark.args])
    if absent:
        message = f"not here: {', '.join(absent)} ({advice(absent)})"
        if _ON_CI:
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """On CI a skipped test, whoever skipped it, fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _ON_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
