"""The last lines of ./breakeven test."""

import sys
from pathlib import Path

import pytest

# As CTest 3.25 and pytest 8 write them.
COMPILED = """<testsuite name="x" tests="3" failures="0" disabled="0" skipped="1">
<testcase name="A.one" status="run"/>
<testcase name="A.two" status="run"/>
<testcase name="G.three" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>/src/a_test.cpp:7: Skipped
no GPU here

[  SKIPPED ] G.three (0 ms)
</system-out></testcase></testsuite>"""
PYTHON = """<testsuites><testsuite name="pytest">
<testcase name="test_a"/>
<testcase name="test_b"><failure message="assert 0">text</failure></testcase>
<testcase name="test_c"><skipped type="pytest.skip" message="not here">text</skipped></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def sum_up(run_command, root: Path, tmp_path: Path):
    """sum_up(name=text, ...): the script run on these files."""

    def run(**files: str):
        paths = []
        for name, text in files.items():
            paths.append(tmp_path / f"{name}.xml")
            paths[-1].write_text(text)
        return run_command(
            sys.executable, root / "setup/sum_up_tests.py", *paths, cwd=tmp_path, env={}
        )

    return run


def test_counts_add_up_and_a_failure_is_an_exit_status(sum_up):
    result = sum_up(compiled=COMPILED, python=PYTHON)
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "compiled: 2 passed, 0 failed, 1 skipped",
        "python: 1 passed, 1 failed, 1 skipped",
        "  skipped 1: no GPU here",
        "  skipped 1: not here",
        "3 passed, 1 failed, 2 skipped",
    ]


def test_all_passed_is_status_0(sum_up):
    assert sum_up(compiled=COMPILED).returncode == 0


@pytest.mark.parametrize("broken", ["", "<testsuite><testcase"])
def test_results_that_cannot_be_read_count_as_failed(sum_up, broken):
    result = sum_up(compiled=COMPILED, python=broken)
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "2 passed, 1 failed, 1 skipped"


def test_nothing_passed_is_no_success(sum_up):
    assert sum_up(compiled="<testsuite/>").returncode == 1
