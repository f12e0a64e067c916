"""The command line is checked before any set-up: one clear line, the near miss, exit status 2."""

import re
from pathlib import Path

import pytest

COMMANDS = [
    "bench",
    "test",
    "build",
    "report",
    "compare",
    "gate",
    "ab",
    "export",
    "doctor",
    "bundle",
    "help",
]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["benhc"], "did you mean bench?"),
        (["tset"], "did you mean test?"),
        (["xyzzy"], "no command 'xyzzy'"),
        (["help", "buidl"], "did you mean build?"),
        (["--version", "now"], "--version"),
        (["bench", "--prest", "quick"], "did you mean --preset?"),
        (["bench", "--preset", "quik"], "did you mean quick?"),
        (["bench", "--preset"], "needs a value: smoke, quick, standard or full"),
        (["bench", "--side", "gpu"], "cpu, cuda or both"),
        (["bench", "--threads", "1,some"], "thread counts"),
        (["bench", "--threads", "0"], "thread counts"),
        (["bench", "--repetitions", "0"], "from 1 on"),
        (["bench", "--repetitions=-3"], "from 1 on"),
        (["bench", "--seed", "abc"], "from 0 on"),
        (["bench", "--memory-limit", "2 gigs"], "such as 2G"),
        (["bench", "--filter="], "--filter"),
        (["bench", "--problems", "no/such.csv"], "no/such.csv"),
        (["bench", "--require-cuda=yes"], "takes no value"),
        (["bench", "--filter=a", "--filter", "b"], "--filter is given twice: 'a' and 'b'"),
        (["bench", "--cuda", "--no-cuda"], "exclude each other"),
        (["bench", "gemm"], "options only, not 'gemm'"),
        (["bench", "--with-pytroch"], "did you mean --with-pytorch?"),
        (["ab", "main", "--with-pytorch"], "ab has no option --with-pytorch"),
        (["test", "--preset", "smoke"], "no option --preset"),
        (["report", "no/such/run"], "no/such/run"),
        (["report"], "no run yet"),
        (["compare", "--mragin", "2"], "did you mean --margin?"),
        (["compare", "--margin", "lots"], "such as 2"),
        (["gate", "--baseline", "main"], "there is no baseline 'main'"),
        (["gate", "a", "b", "--noise-file", "no/such"], "no/such"),
        (["export"], "csv, parquet, bmf"),
        (["export", "--format", "parqet"], "did you mean parquet?"),
        (["export", "--format", "csv", "--rows", "cases"], "did you mean case?"),
        (["doctor", "--jsno"], "did you mean --json?"),
        (["bundle", "--out", "setup/load.sh"], "exists already"),
        (["bench", "--out", "setup"], "already in use"),
    ],
)
def test_bad_input_gets_one_line_and_status_2(front, fresh: Path, arguments, says):
    result = front(*arguments)
    assert result.returncode == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert not (fresh / ".deps").exists()
    assert not (fresh / ".venv").exists()


def test_no_command_shows_what_there_is(front):
    result = front()
    assert result.returncode == 2
    for command in COMMANDS:
        assert f"./breakeven {command}" in result.stderr


def test_version_is_the_projects(front, fresh: Path):
    declared = re.search(
        r"project\(breakeven VERSION (\S+)", (fresh / "CMakeLists.txt").read_text()
    )
    assert declared
    assert front("--version").stdout == f"breakeven {declared.group(1)}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_of_a_command(front, script, command):
    shown = front("help", command)
    assert shown.returncode == 0
    assert front(command, "--help").stdout == shown.stdout
    taken = script(f'echo "${{options_of[{command}]}}"')
    for option in re.findall(r"--[\w-]+(?==)", taken.stdout):
        assert option in shown.stdout


@pytest.mark.parametrize("value", ["1", "all", "1,all", "1,2,16"])
def test_good_thread_lists_pass(script, value):
    text = f'parse_options bench "$bench_options" --threads {value}; echo "${{given[--threads]}}"'
    assert script(text).stdout.strip() == value


@pytest.mark.parametrize("spelling", ["--seed 2", "--seed=2"])
def test_both_spellings_of_a_value(script, spelling: str):
    text = f'parse_options bench "$bench_options" {spelling}; echo "${{given[--seed]}}"'
    assert script(text).stdout.strip() == "2"


def test_an_empty_directory_may_receive_a_run(script, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    result = script('parse_options bench "$bench_options" --out empty; echo "${given[--out]}"')
    assert result.stdout.strip() == "empty"
