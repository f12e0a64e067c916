"""Progress on standard error: a changing line on a terminal, plain lines elsewhere."""

import re

import pytest

OPTIONS = ("--filter", "/right$")


@pytest.fixture
def three(make_bench, tmp_path):
    problems = [f"scale/f32/n{n}" for n in (1000, 2000, 3000)]
    return make_bench("fault_bench", tmp_path / "three", *problems)


def test_piped_it_is_one_plain_line_for_each_problem(three):
    done = three(*OPTIONS)
    assert "\r" not in done.err
    assert "\033" not in done.err
    lines = re.findall(r"^\[(\d)/3\] (\S+)  .*GFLOP/s, about \d+ s left$", done.err, re.MULTILINE)
    assert lines == [("1", "scale/f32/n1000"), ("2", "scale/f32/n2000"), ("3", "scale/f32/n3000")]


def test_on_a_terminal_it_says_what_runs_now_and_how_long_it_will_take(three, on_a_terminal):
    code, text = on_a_terminal(three.command(*OPTIONS), env=three.environment())
    assert code == 0
    assert "\r\033[K[1/3] scale/f32/n1000" in text
    assert re.search(r"\r\033\[K\[2/3\] scale/f32/n2000, about \d+ s left", text)
    assert text.endswith("\r\033[K"), "the changing line is gone at the end"


def test_a_failure_is_what_is_said_of_its_problem(three):
    done = three("--filter", "cpu/(nan|right)$", "--threads", "1")
    assert len(re.findall(r"^\[\d/3\] \S+  nan failed: exact tier", done.err, re.MULTILINE)) == 3
