"""Google Benchmark's flags, its JSON and what its compare.py reads."""

import csv
import io
import json

import pytest

RIGHT = ("--filter", "/(right|plain)$", "--threads", "all")
# What the library's tools/compare.py and gbench/report.py take from a benchmark.
COMPARED = {"name", "run_name", "run_type", "repetitions", "repetition_index", "iterations",
            "real_time", "cpu_time", "time_unit"}  # fmt: skip
SUFFIX = "/iterations:1/manual_time"


def strict(text):
    def refuse(constant):
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def two_problems(fault_bench, problem_list):
    fault_bench.problems = problem_list("scale/f32/n1000", "scale/f32/n2000")
    return fault_bench


def names(done, kind="iteration"):
    return {b["run_name"] for b in done["benchmarks"] if b["run_type"] == kind}


EXPECTED = {
    f"scale/f32/{n}/{side}/{implementation}{SUFFIX}"
    for n in ("n1000", "n2000")
    for side, implementation in (("cpu", "plain"), ("cpu", "right"), ("cuda", "right"))
}


def test_benchmark_out_holds_every_problem_once_and_is_strict_json(two_problems):
    done = two_problems(*RIGHT, "--benchmark_out=folder/out.json", "--benchmark_repetitions=3")
    assert done.code == 0
    out = strict((two_problems.folder / "folder/out.json").read_text())
    assert out["context"]["executable"] == str(two_problems.program)
    assert names(out) == EXPECTED
    iterations = [b for b in out["benchmarks"] if b["run_type"] == "iteration"]
    assert len(iterations) == 3 * len(EXPECTED)
    for benchmark in iterations:
        assert set(benchmark) >= COMPARED
        assert benchmark["repetitions"] == 3
        assert benchmark["iterations"] == 1
        assert benchmark["real_time"] > 0
    aggregates = [b["aggregate_name"] for b in out["benchmarks"] if b["run_type"] == "aggregate"]
    assert set(aggregates) >= {"mean", "median", "stddev"}


def test_its_times_and_counters_are_those_of_the_run_file(two_problems):
    done = two_problems(*RIGHT, "--benchmark_out=out.json")
    out = strict((two_problems.folder / "out.json").read_text())
    for benchmark in out["benchmarks"]:
        if benchmark["run_type"] != "iteration":
            continue
        *_, n, side, implementation = benchmark["run_name"].removesuffix(SUFFIX).split("/")
        (row,) = done.of(
            "case", case=f"scale/f32/{n}", side=side, implementation=implementation,
            cache="warm", repetition=benchmark["repetition_index"],
        )  # fmt: skip
        assert benchmark["time_unit"] == "ns"
        assert benchmark["real_time"] == pytest.approx(row["median_s"] * 1e9, rel=1e-6)
        assert benchmark["FLOP/s"] == pytest.approx(row["flops"] / row["median_s"], rel=1e-6)
        if side == "cuda":
            assert benchmark["call_s"] == pytest.approx(row["call_s"], rel=1e-6)
            (transfer,) = done.of(
                "transfer", case=row["case"], host_memory="pageable", repetition=row["repetition"]
            )
            for counter in ("h2d_s", "d2h_s", "end_to_end_s"):
                assert benchmark[counter] == pytest.approx(transfer[counter], rel=1e-6)
            (pair,) = done.of(
                "pair", case=row["case"], pairing="fastest", cache="warm", host_memory="pageable"
            )
            speedup = pair["speedup_kernel"]["estimate"]
            assert benchmark["speedup_kernel"] == pytest.approx(speedup, rel=1e-6)


def test_a_failure_is_an_error_there_and_no_time(two_problems):
    done = two_problems(
        "--filter", "cpu/(nan|right)$", "--threads", "all", "--benchmark_out=out.json"
    )
    assert done.code == 3
    out = strict((two_problems.folder / "out.json").read_text())
    for benchmark in out["benchmarks"]:
        if "/nan" in benchmark["name"]:
            assert benchmark["error_occurred"] is True
            assert "nan" in benchmark["error_message"]


def test_format_json_on_standard_output_is_strict(two_problems):
    done = two_problems(*RIGHT, "--benchmark_format=json")
    assert names(strict(done.out)) == EXPECTED


def test_format_csv_on_standard_output(two_problems):
    done = two_problems(*RIGHT, "--benchmark_format=csv")
    assert done.code == 0
    table = done.out[done.out.index("name,iterations") :]
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["name"] for row in rows} >= EXPECTED


def test_out_format_csv(two_problems):
    done = two_problems(*RIGHT, "--benchmark_out=out.csv", "--benchmark_out_format=csv")
    assert done.code == 0
    text = (two_problems.folder / "out.csv").read_text()
    table = text[text.index("name,iterations") :]  # behind the library's header
    assert {row["name"] for row in csv.DictReader(io.StringIO(table))} >= EXPECTED


def test_filter_is_intersected_with_ours(two_problems):
    done = two_problems(*RIGHT, "--benchmark_filter=n2000/cpu", "--benchmark_format=json")
    assert names(strict(done.out)) == {n for n in EXPECTED if "n2000/cpu" in n}
    assert {row["case"] for row in done.of("case")} == {"scale/f32/n2000"}


def test_a_negative_filter_turns_round(two_problems):
    done = two_problems(*RIGHT, "--benchmark_filter=-n2000", "--benchmark_format=json")
    assert names(strict(done.out)) == {n for n in EXPECTED if "n1000" in n}


def test_list_tests_lists_all_and_measures_nothing(two_problems):
    done = two_problems(*RIGHT, "--benchmark_list_tests")
    assert done.code == 0
    assert set(done.out.split()) == EXPECTED
    assert not done.of("case")
    filtered = two_problems(*RIGHT, "--benchmark_list_tests=true", "--benchmark_filter=/cuda/")
    assert set(filtered.out.split()) == {n for n in EXPECTED if "/cuda/" in n}


def test_repetitions_are_ours_and_the_librarys(two_problems):
    done = two_problems(*RIGHT, "--benchmark_repetitions=4", "--benchmark_format=json")
    assert {b["repetitions"] for b in strict(done.out)["benchmarks"]} == {4}
    assert {row["repetition"] for row in done.of("case")} == {0, 1, 2, 3}
    assert done.of("run")[0]["repetitions"] == 4
    assert done.of("pair", pairing="fastest")[0]["speedup_kernel"]["repetitions"] == 4


def test_aggregates_only(two_problems):
    done = two_problems(
        *RIGHT, "--benchmark_report_aggregates_only=true", "--benchmark_format=json"
    )
    assert {b["run_type"] for b in strict(done.out)["benchmarks"]} == {"aggregate"}
    shown = two_problems(
        *RIGHT, "--benchmark_display_aggregates_only=true", "--benchmark_out=out.json"
    )
    assert f"cpu/right{SUFFIX} " not in shown.out
    assert f"cpu/right{SUFFIX}_mean " in shown.out
    out = strict((two_problems.folder / "out.json").read_text())
    assert names(out) == EXPECTED, "the file has the single repetitions all the same"


def test_bad_flags_are_bad_input(fault_bench):
    for flag in (
        "--benchmark_filtr=x", "--benchmark_format=xml", "--benchmark_out_format=xml",
        "--benchmark_repetitions=0", "--benchmark_filter=[",
    ):  # fmt: skip
        done = fault_bench(flag)
        assert done.code == 2, flag
        assert not done.of("case")


def test_an_out_file_that_cannot_be_written_is_a_run_error(fault_bench):
    (fault_bench.folder / "file").write_text("")
    done = fault_bench(*RIGHT, "--benchmark_out=file/out.json")
    assert done.code == 1
    assert "file" in done.err
