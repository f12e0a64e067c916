"""The effect of every option, and bad input: one clear line, exit status 2."""

import json
import os
import subprocess

import pytest

RIGHT = ("--filter", "/right$", "--threads", "all")


def one_line(done, *parts):
    """The program refused, in one line that has these parts, and measured nothing."""
    assert done.code == 2, done.err
    lines = done.err.strip().splitlines()
    assert len(lines) == 1, done.err
    for part in parts:
        assert part in lines[0], f"{part!r} is not in: {lines[0]}"
    assert not done.of("case")


@pytest.fixture
def two_problems(fault_bench, problem_list):
    fault_bench.problems = problem_list("scale/f32/n1000", "scale/f32/n2000")
    return fault_bench


def test_preset(fault_bench):
    for preset, budget, repetitions in (
        ("smoke", 30, 3), ("quick", 180, 5), ("standard", 1800, 10), ("full", None, 10),
    ):  # fmt: skip
        command = fault_bench.command(*RIGHT, "--preset", preset)
        command.remove("--benchmark_repetitions=2")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in fault_bench.run_file.read_text().splitlines()]
        run = next(row for row in rows if row["kind"] == "run")
        assert (run["preset"], run["budget_s"], run["repetitions"]) == (preset, budget, repetitions)
        measured = {row["repetition"] for row in rows if row["kind"] == "case"}
        assert measured == set(range(repetitions))
        fault_bench.run_file.unlink()


def test_a_spent_budget_measures_nothing_more(fault_bench):
    fault_bench.command()  # writes a file with its ceilings
    with fault_bench.run_file.open("a") as file:
        file.write('{"kind":"end","budget_spent_s":1000}\n')
    done = fault_bench(*RIGHT)
    assert done.code == 0
    assert {row["status"] for row in done.of("case")} == {"skipped"}
    assert all("budget" in row["reason"] for row in done.of("case"))


def test_later_programs_have_their_share_of_the_budget(fault_bench):
    done = fault_bench(*RIGHT, "--problems-after", "1000000")
    assert done.code == 0
    assert {row["status"] for row in done.of("case")} == {"skipped"}
    assert all("time budget" in row["reason"] for row in done.of("case"))
    fault_bench.run_file.unlink()
    done = fault_bench(*RIGHT, "--problems-after", "1")
    assert {row["status"] for row in done.of("case")} == {"ok"}


def test_filter_on_names_and_on_tags(two_problems):
    done = two_problems("--filter", "n1000/cuda/right")
    assert {(r["case"], r["side"]) for r in done.of("case")} == {("scale/f32/n1000", "cuda")}
    listed = two_problems("--filter", "^list:row1$", "--list").out
    assert "n2000" in listed
    assert "n1000" not in listed


def test_problems_is_the_users_own_list(fault_bench, problem_list):
    done = fault_bench(*RIGHT, "--problems", str(problem_list("scale/f32/n77")))
    assert {row["case"] for row in done.of("case")} == {"scale/f32/n77"}
    assert {tuple(row["tags"]) for row in done.of("case")} == {("list:row0",)}


def test_without_problems_the_lists_of_the_installation_are_taken(fault_bench):
    folder = fault_bench.folder / "lists/scale"
    folder.mkdir(parents=True)
    (folder / "sizes.csv").write_text("name,problem,multiplicity,origin\nhere,scale/f32/n55,1,\n")
    command = fault_bench.command(*RIGHT)
    at = command.index("--problems")
    del command[at : at + 2]
    environment = {**os.environ, "BREAKEVEN_LISTS": str(folder.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"tags":["sizes:here"]' in fault_bench.run_file.read_text()


def test_side(fault_bench):
    for side, expected in (("cpu", {"cpu"}), ("cuda", {"cuda"}), ("both", {"cpu", "cuda"})):
        done = fault_bench(*RIGHT, "--side", side)
        assert done.code == 0
        assert {row["side"] for row in done.of("case")} == expected
        assert bool(done.of("pair")) == (side == "both"), "half a pair is none"
        fault_bench.run_file.unlink()


def test_a_side_that_was_not_built(gemm_bench, build_dir):
    if "BREAKEVEN_CUDA:STRING=OFF" not in (build_dir / "CMakeCache.txt").read_text():
        pytest.skip("this build may have both sides")
    for options in ((), ("--filter", "gemm"), ("--list",)):
        one_line(gemm_bench("--side", "cuda", *options), "without CUDA", "./breakeven build --cuda")


def test_threads(fault_bench):
    usable = fault_bench("--filter", "/right$", "--side", "cpu").of("run")[0]["machine"]["cpu"]
    everything = usable["usable_threads"]
    for given, expected in (("1", {1}), ("all", {everything}), ("1,all", {1, everything})):
        fault_bench.run_file.unlink()
        done = fault_bench("--filter", "cpu/right$", "--threads", given)
        assert {row["threads"] for row in done.of("case")} == expected
    fault_bench.run_file.unlink()
    one_line(fault_bench("--threads", str(everything + 1)), "--threads", f"from 1 to {everything}")


def test_the_seed_decides_data_and_order(two_problems):
    def order_and_data(seed):
        two_problems.run_file.unlink(missing_ok=True)
        done = two_problems("--filter", "/(right|plain)$", "--seed", str(seed))
        assert done.of("run")[0]["seed"] == seed
        cases = sorted(done.of("case"), key=lambda row: row["order"])
        keys = ("case", "side", "implementation", "threads", "cache", "repetition")
        return [[row[key] for key in keys] for row in cases], [
            row["inputs"]["mean"] for row in cases
        ]

    first, again, other = order_and_data(1), order_and_data(1), order_and_data(2)
    assert first == again
    assert first[0] != other[0]
    assert first[1][0] != other[1][0]


def test_memory_limit_skips_with_the_reason(fault_bench):
    done = fault_bench(*RIGHT, "--memory-limit", "1M")
    assert done.code == 0
    assert {row["status"] for row in done.of("case")} == {"skipped"}
    assert {"the limit is 1048576 B" in row["reason"] for row in done.of("case")} == {True}
    fault_bench.run_file.unlink()
    assert {r["status"] for r in fault_bench(*RIGHT, "--memory-limit", "8G").of("case")} == {"ok"}


def test_fill(fault_bench):
    means = {}
    for fill, zeros in (("normal", 0), ("integers", 0), ("zeros", 1)):
        done = fault_bench(*RIGHT, "--fill", fill)
        assert done.code == 0
        assert done.of("run")[0]["fill"] == fill
        assert {row["inputs"]["zero_fraction"] for row in done.of("case")} == {zeros}
        means[fill] = done.of("case")[0]["inputs"]["mean"]
        fault_bench.run_file.unlink()
    assert len(set(means.values())) == 3


def test_list_says_what_would_run_and_stops(two_problems):
    done = two_problems("--list", *RIGHT)
    assert done.code == 0
    assert done.out.splitlines() == [
        f"scale/f32/{n}/{side}/right  [list:{row}]"
        for n, row in (("n1000", "row0"), ("n2000", "row1"))
        for side in ("cpu", "cuda")
    ]
    assert not done.of("run")


def test_count_says_how_many_problems_there_are_and_stops(two_problems, problem_list):
    def expect(count, *options):
        done = two_problems("--count", *options)
        assert (done.code, done.out, done.err) == (0, f"{count}\n", ""), options
        assert not done.of("run")

    expect(2)
    expect(1, "--filter", "n1000")
    expect(0, "--filter", "banana")
    one_line(two_problems("--count", "--filter", "["), "--filter '['")
    expect(0, "--problems", str(problem_list("gemm/f32/nn/m8n8k8")))


def test_a_round_is_one_repetition_with_its_part_of_the_budget(fault_bench):
    for number, budget in ((1, 30), (2, 60), (3, 90)):
        done = fault_bench(*RIGHT, "--preset", "smoke", "--round", f"{number}/3")
        assert done.code == 0
        run = done.of("run")[-1]
        assert (run["repetitions"], run["budget_s"]) == (1, budget)
        assert {row["repetition"] for row in done.of("case", status="ok")} == {0}
        fault_bench.run_file.unlink()


def test_a_list_may_hold_problems_of_several_programs(fault_bench, problem_list):
    others = ("gemm/f32/nn/m8n8k8", "gemm_bias_gelu/f32/nn/m8n8k8", "relu/f32/n8")
    path = problem_list("scale/f32/n8", *others)
    done = fault_bench(*RIGHT, "--problems", str(path))
    assert {row["case"] for row in done.of("case")} == {"scale/f32/n8"}
    path = problem_list("gemm/f32/nn/m8n8k8")
    fault_bench.run_file.unlink()
    one_line(fault_bench("--problems", str(path)), "no problem of scale")
    for unknown in ("gem/f32/nn/m8n8k8", "../gemm", "", "/"):
        path = problem_list("scale/f32/n8", unknown or "-")
        one_line(fault_bench("--problems", str(path)), f"{path}:3:6: ")


def test_help_is_no_error(fault_bench):
    done = fault_bench("--help")
    assert done.code == 0
    for option in (
        "--preset", "--filter", "--problems", "--side", "--threads", "--seed", "--memory-limit",
        "--require-cuda", "--list", "--count", "--problems-after", "--run-out", "--run-append",
        "--fill", "--round", "--benchmark_repetitions",
    ):  # fmt: skip
        assert option in done.out


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--preset", "quik"], ["--preset quik", "did you mean quick?"]),
        (["--prest", "quick"], ["--prest", "did you mean --preset?"]),
        (["--side", "gpu"], ["--side gpu", "cpu, cuda, both"]),
        (["--fill", "ones"], ["--fill ones", "normal, integers, zeros"]),
        (["--seed", "x"], ["--seed x"]),
        (["--round", "3"], ["--round 3", "3/10"]),
        (["--round", "4/3"], ["--round 4", "1 to 3"]),
        (["--round", "0/3"], ["--round 0"]),
        (["--threads", "0"], ["--threads 0"]),
        (["--memory-limit", "lots"], ["--memory-limit lots", "2G"]),
        (["--benchmark_repetitions=none"], ["--benchmark_repetitions none"]),
        (["--filter", "banana"], ["banana", "--list"]),
        (["--filter", "["], ["--filter '['"]),
        (["stray"], ["stray"]),
        (["--problems", "nowhere.csv"], ["nowhere.csv"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(fault_bench, options, parts):
    one_line(fault_bench(*options), *parts)


def test_a_bad_line_of_a_list_is_named(fault_bench, problem_list):
    path = problem_list("scale/f32/n8", "scale/f32/nine")
    one_line(fault_bench("--problems", str(path)), f"{path}:3:6: ", "scale/f32/nine")


def test_bad_input_leaves_no_run_file(fault_bench):
    fault_bench("--filter", "banana", "--run-out", str(fault_bench.run_file))
    assert not fault_bench.run_file.exists()
