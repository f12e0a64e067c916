"""The GEMM program: a CPU-only run, threads, verification without timing."""

import subprocess

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run


# What multiplies f32 on the CPU, and how its rows end.
RUNGS_OF_F32 = dict.fromkeys(
    ["naive", "reordered", "blocked", "packed", "openblas", "onednn", "onednn_packed"], "ok"
)


@pytest.fixture
def cpu_gemm(gemm_bench):
    def run(*options):
        return gemm_bench(*options, **NO_GPU)

    return run


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    """A run of everything on one small problem."""
    bench = make_bench("gemm_bench", tmp_path_factory.mktemp("gemm"), "gemm/f32/nn/m32n32k32")
    return bench(**NO_GPU)


def test_a_cpu_only_run_has_every_implementation_and_no_pair(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    cpu = done.of("case", side="cpu")
    assert {row["implementation"]: row["status"] for row in cpu} == RUNGS_OF_F32 | {
        "packed_bf16": "skipped",
        "packed_s8": "skipped",
        "skinny": "skipped",
    }
    assert not done.of("pair")
    assert not done.of("transfer")
    for row in done.of("case", side="cuda"):
        assert row["status"] == "skipped"
        assert row["reason"]


def test_side_cpu_has_no_cuda_rows(cpu_gemm):
    done = cpu_gemm("--side", "cpu", "--filter", "/(naive|reordered)$")
    assert done.code == 0
    assert {row["side"] for row in done.of("case")} == {"cpu"}
    assert not done.of("pair")


def test_one_thread_and_all_threads_have_their_rows(done):
    everything = done.of("run")[0]["machine"]["cpu"]["usable_threads"]
    libraries = {"openblas", "onednn", "onednn_packed"}
    for row in done.of("case", side="cpu"):
        name = row["implementation"]
        rung = "library" if name in libraries else "naive" if name == "naive" else "tuned"
        assert row["rung"] == rung
    for implementation in RUNGS_OF_F32.keys() - {"naive"}:
        rows = done.of("case", side="cpu", implementation=implementation)
        assert {row["threads"] for row in rows} == {1, everything}
        assert {(row["pack_s"] is not None) for row in rows} == {implementation == "onednn_packed"}
    assert {row["threads"] for row in done.of("case", side="cpu", implementation="naive")} == {1}


def test_both_tiers_are_passed_and_recorded(done):
    for row in done.of("case", side="cpu", status="ok"):
        check = row["check"]
        assert [check[tier] for tier in ("exact", "real", "after")] == ["passed"] * 3
        assert check["inputs_unchanged"] is True
        assert check["elements"] == 32 * 32
        assert 0 <= check["worst"] <= 1


def test_alpha_and_beta_are_verified_and_not_timed(cpu_gemm, problem_list, check_rows):
    """Trap: an integer alpha passed by pointer was read as 1.4e-45, and no result was checked."""
    problems = problem_list(
        "gemm/f32/nn/m9n8k7/alpha2beta-1",
        "gemm/f64/tt/m9n8k7/alpha0.5beta0",
        "gemm/f32/nt/m9n8k7/alpha1beta1",
    )
    done = cpu_gemm("--side", "cpu", "--problems", str(problems))
    assert done.code == 0, done.err
    check_rows(done.rows)
    assert len({row["case"] for row in done.of("case")}) == 3
    for row in done.of("case"):
        assert row["status"] == "skipped"
        assert row["median_s"] is None
    verified = [row for row in done.of("case") if "verified only" in row["reason"]]
    assert {row["case"] for row in verified} == {row["case"] for row in done.of("case")}
    for row in verified:
        assert row["check"]["real"] == "passed"
        assert row["check"]["exact"] == "passed"


def test_a_problem_without_an_exact_tier_is_verified_by_the_real_one(cpu_gemm, problem_list):
    problems = problem_list("gemm/f32/nn/m8n8k8/alpha0.1beta0")
    done = cpu_gemm("--side", "cpu", "--problems", str(problems))
    assert done.code == 0, done.err
    checked = [row["check"] for row in done.of("case") if row["check"]["real"] == "passed"]
    assert checked
    assert {check["exact"] for check in checked} == {"not_run"}


def test_dtypes_transposes_batches_and_vectors(cpu_gemm, problem_list, check_rows):
    problems = problem_list(
        "gemm/f64/tn/b3m17n5k9", "gemm/f32/nt/m1n33k65", "gemm/f32/nn/m31n1k7", "gemm/f32/tt/m1n1k1"
    )
    done = cpu_gemm(
        "--side", "cpu", "--threads", "1", "--problems", str(problems), "--benchmark_repetitions=1"
    )
    assert done.code == 0, done.err
    check_rows(done.rows)
    assert {row["status"] for row in done.of("case")} <= {"ok", "skipped"}
    for problem in {row["case"] for row in done.of("case")}:
        ok = {r["implementation"] for r in done.of("case", case=problem) if r["status"] == "ok"}
        assert {"naive", "reordered", "openblas"} <= ok
    batched = done.of("case", case="gemm/f64/tn/b3m17n5k9")[0]
    assert batched["flops"] == 2 * 3 * 17 * 5 * 9
    assert batched["bytes"] == 8 * 3 * (17 * 9 + 9 * 5 + 17 * 5)
    assert batched["problem"] == {"batch": 3, "m": 17, "n": 5, "k": 9}


def test_bad_problems_are_bad_input(cpu_gemm, problem_list):
    for problem, place in (
        ("gemm/s32/nn/m8n8k8", "s32"),
        ("gemm/f32/nn/m0n8k8", "m0"),
        ("gemm/f32/nn/m4000000000n4000000000k4000000000", "m4000000000"),
    ):
        done = cpu_gemm("--problems", str(problem_list(problem)))
        assert done.code == 2, problem
        assert place in done.err
        assert len(done.err.strip().splitlines()) == 1


def test_sizes_that_do_not_fit_are_skipped(cpu_gemm, problem_list):
    problems = problem_list("gemm/f32/nn/m400000n400000k400000")
    done = cpu_gemm("--side", "cpu", "--problems", str(problems))
    assert done.code == 0
    assert {row["status"] for row in done.of("case")} == {"skipped"}
    reasons = {row["reason"] for row in done.of("case") if row["implementation"] in RUNGS_OF_F32}
    assert all("of host memory" in reason for reason in reasons)


def test_a_call_that_is_predicted_to_take_too_long_is_skipped(cpu_gemm, problem_list):
    problems = problem_list("gemm/f64/nn/m9000n9000k9000")
    done = cpu_gemm("--problems", str(problems), "--filter", "cpu/naive$", "--memory-limit", "64G")
    assert done.code == 0, done.err
    (row,) = done.of("case")
    assert row["status"] == "skipped"
    assert "more than the cap of 10 s" in row["reason"]


def test_what_the_cpu_has_no_arithmetic_for_is_computed_in_another_dtype(
    cpu_gemm, problem_list, check_rows
):
    problems = problem_list("gemm/f16/nt/m16n24k32", "gemm/e4m3/nt/m16n16k16")
    done = cpu_gemm("--side", "cpu", "--problems", str(problems), "--benchmark_repetitions=2")
    assert done.code == 0, done.err
    check_rows(done.rows)
    for case, dtype in (("gemm/f16/nt/m16n24k32", "f16"), ("gemm/e4m3/nt/m16n16k16", "e4m3")):
        rows = [row for row in done.of("case", case=case) if row["status"] == "ok"]
        assert {row["dtype"] for row in rows} >= {dtype, "f32"}
        for row in rows:
            name = row["implementation"]
            assert name == "naive" if row["dtype"] == dtype else name.endswith("_" + row["dtype"])
            assert row["check"]["exact"] == row["check"]["real"] == "passed"
    f32 = done.of("case", case="gemm/f16/nt/m16n24k32", implementation="openblas_f32")[0]
    assert f32["bytes"] == 4 * (16 * 32 + 32 * 24 + 16 * 24)


def test_require_cuda_without_a_device_is_a_run_error(cpu_gemm):
    done = cpu_gemm("--require-cuda")
    assert done.code == 1
    assert "--require-cuda: " in done.err
    assert not done.of("case")


def test_the_lists_of_every_preset_can_be_listed(gemm_bench):
    listed = {}
    for preset in ("smoke", "quick", "standard", "full"):
        done = subprocess.run(
            [gemm_bench.program, "--list", "--preset", preset],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0
        listed[preset] = done.stdout.splitlines()
        assert listed[preset]
    assert len(listed["smoke"]) <= len(listed["quick"]) <= len(listed["standard"])
    assert any("[deepbench:" in line for line in listed["full"])
