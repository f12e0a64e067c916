"""An implementation with a fault: status, reason, null times, exit status; on both sides.

Trap: FAIL was printed and the exit status was 0, or the row was silently dropped."""

import pytest

FAULTS = {
    "wrong_element": ("failed", "element 333"),
    "wrong_element_later": ("failed", "after timing: element 333|end to end: element 333"),
    "unwritten_element": ("failed", "nan"),
    "input_changed": ("failed", "input x was changed"),
    "out_of_bounds": ("failed", "wrote outside its tensors"),
    "nan": ("failed", "nan"),
    "returns_early": ("failed", "nan"),
    "returns_early_later": ("failed", "after timing|end to end"),
    "throws": ("error", "the implementation threw"),
    "throws_later": ("error", "the implementation threw"),
    "throws_in_prepare": ("error", "no handle to be had"),
    "bad_alloc": ("error", "out of memory"),
    "out_of_memory": ("error", "out of memory: no workspace"),
    "not_std": ("error", "no std::exception"),
    "not_std_later": ("error", "no std::exception"),
}
TIMES = ["samples_s", "median_s", "ci_low_s", "ci_high_s", "call_s", "latency_s", "warmup_s"]
EXIT = {"failed": 3, "error": 1}


@pytest.mark.parametrize("side", ["cpu", "cuda"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_status_without_times_and_an_exit_status(fault_bench, check_rows, fault, side):
    status, reason = FAULTS[fault]
    done = fault_bench("--filter", f"({side}/{fault}|/right)$", "--threads", "all")
    assert done.code == EXIT[status], done.err
    check_rows(done.rows)
    rows = done.of("case", implementation=fault)
    assert rows, "a benchmark that yields no row is an error"
    for row in rows:
        assert (row["side"], row["status"]) == (side, status)
        assert any(way in row["reason"] for way in reason.split("|"))
        assert [row[time] for time in TIMES] == [None] * len(TIMES)
    assert {row["status"] for row in done.of("case", implementation="right")} == {"ok"}
    assert all(
        fault not in (p["cpu_implementation"], p["cuda_implementation"]) for p in done.of("pair")
    )
    assert len(done.of("pair", pairing="fastest")) == 4, "the right ones still make a pair"
    assert f"{fault} {status}: " in done.err, "said on the terminal, too"
    assert done.of("end")[-1]["exit_status"] == EXIT[status]


def test_a_failed_verification_weighs_more_than_an_error(fault_bench):
    assert fault_bench("--filter", "cpu/(throws|nan|right)$").code == 3


def test_all_faults_at_once_disturb_nobody(fault_bench, check_rows):
    done = fault_bench("--threads", "all")
    assert done.code == 3
    check_rows(done.rows)
    for fault, (status, _) in FAULTS.items():
        rows = done.of("case", implementation=fault)
        assert {row["side"] for row in rows} == {"cpu", "cuda"}
        assert {row["status"] for row in rows if row["median_s"] is None} == {status}
    for right in ("right", "plain", "even", "slow"):
        assert {row["status"] for row in done.of("case", implementation=right)} == {"ok"}


def test_skipped_rows_are_no_failure(fault_bench, problem_list):
    done = fault_bench("--problems", str(problem_list("scale/f32/n1001")), "--filter", "cpu/even")
    assert done.code == 0
    assert {row["status"] for row in done.of("case")} == {"skipped"}
    assert {row["reason"] for row in done.of("case")} == {"odd sizes are not supported"}


def test_all_right_is_zero(fault_bench):
    assert fault_bench("--filter", "/(right|plain)$").code == 0
