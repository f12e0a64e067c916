"""A device that is slow, busy, failing, full or throttling, behind the harness's own interface."""

import pytest

RIGHT = ("--filter", "/(right|plain)$")


def cpu_is_whole(done):
    rows = done.of("case", side="cpu")
    assert len(rows) == 3 * 2 * 2, "plain, right on one thread and on all; warm and cold; twice"
    assert {row["status"] for row in rows} == {"ok"}


def test_a_normal_device_gives_pairs_and_transfers(fault_bench, check_rows):
    done = fault_bench(*RIGHT)
    assert done.code == 0
    check_rows(done.rows)
    cpu_is_whole(done)
    transfers = done.of("transfer")
    assert {(row["host_memory"], row["repetition"]) for row in transfers} == {
        (memory, repetition) for memory in ("pageable", "pinned") for repetition in (0, 1)
    }
    keys = [(row["pairing"], row["cache"], row["host_memory"]) for row in done.of("pair")]
    assert sorted(keys) == sorted(
        (pairing, cache, memory)
        for pairing in ("fastest", "one_thread", "naive")
        for cache in ("warm", "cold")
        for memory in ("pageable", "pinned")
    )


def test_parts_and_whole_of_the_trip(fault_bench):
    fault_bench.device = "slow"
    done = fault_bench(*RIGHT)
    assert done.code == 0
    cpu_is_whole(done)
    for row in done.of("transfer"):
        parts = row["parts"]
        total = parts["h2d_s"] + parts["compute_s"] + parts["d2h_s"] + parts["host_s"]
        assert row["closure"] == pytest.approx(total / row["end_to_end_s"])
        assert parts["h2d_s"] >= 2e-3
        assert row["end_to_end_s"] >= parts["h2d_s"] + parts["d2h_s"]
        off = abs(total - row["end_to_end_s"])
        is_open = off > 0.05 * row["end_to_end_s"] and off > 5e-6
        assert ("open" in row["flags"]) == is_open
    for row in done.of("pair"):
        assert row["transfer_share"] > 0
        # Copies of milliseconds are paid after many calls of microseconds, or never.
        assert (
            row["cache"] == "cold"
            or row["break_even_calls"] == "never"
            or row["break_even_calls"] > 10
        )


def test_copies_out_of_sight_are_flagged_open(fault_bench):
    fault_bench.device = "unseen_copies"
    done = fault_bench(*RIGHT)
    assert done.code == 0, "a flag changes no exit status"
    assert {tuple(row["flags"]) for row in done.of("transfer")} == {("open",)}
    assert all("open" in row["flags"] for row in done.of("pair"))


def test_results_that_never_arrive_fail_the_run(fault_bench, check_rows):
    fault_bench.device = "losing_results"
    done = fault_bench(*RIGHT)
    assert done.code == 3
    check_rows(done.rows)
    cpu_is_whole(done)
    assert done.of("transfer")[0]["status"] == "failed"
    assert done.of("transfer")[0]["end_to_end_s"] is None
    assert not done.of("pair")


def test_a_busy_device_is_a_status_and_no_hang(fault_bench):
    fault_bench.device = "busy"
    done = fault_bench(*RIGHT)
    assert done.code == 1
    cpu_is_whole(done)
    assert {row["status"] for row in done.of("case", side="cuda")} == {"error"}
    assert "launch queue" in done.of("case", side="cuda")[0]["reason"]
    assert not done.of("pair")


@pytest.mark.parametrize("call", [1, 2, 10, 40, 150])
def test_a_device_that_fails_for_good_leaves_the_cpu_side(fault_bench, check_rows, call):
    fault_bench.device = f"failing:{call}"
    done = fault_bench(*RIGHT)
    assert done.code == 1
    check_rows(done.rows)
    cpu_is_whole(done)
    reasons = [row["reason"] or "" for row in done.of("case") + done.of("transfer")]
    assert any("illegal memory access" in reason for reason in reasons)
    assert len(done.of("end")) == 1


def test_a_device_without_memory(fault_bench, check_rows):
    fault_bench.device = "out_of_memory"
    done = fault_bench(*RIGHT)
    assert done.code == 1
    check_rows(done.rows)
    cpu_is_whole(done)
    assert "out of memory: fakeMalloc" in done.of("case", side="cuda")[0]["reason"]


def test_a_device_that_is_too_small_is_skipped(fault_bench):
    fault_bench.device = "small"
    done = fault_bench(*RIGHT)
    assert done.code == 0
    cpu_is_whole(done)
    assert {row["status"] for row in done.of("case", side="cuda")} == {"skipped"}
    assert "4096 B are free" in done.of("case", side="cuda")[0]["reason"]


def test_without_pinned_memory_there_are_pageable_copies(fault_bench, check_rows):
    fault_bench.device = "no_pinned_memory"
    done = fault_bench(*RIGHT)
    assert done.code == 1
    check_rows(done.rows)
    assert {row["status"] for row in done.of("transfer", host_memory="pageable")} == {"ok"}
    assert {row["status"] for row in done.of("transfer", host_memory="pinned")} == {"error"}
    assert {row["host_memory"] for row in done.of("pair")} == {"pageable"}


def test_throttled_rows_are_marked(fault_bench):
    fault_bench.device = "throttling"
    done = fault_bench(*RIGHT)
    assert done.code == 0
    marked = [row for row in done.of("case", side="cuda") if "throttled" in row["flags"]]
    assert marked
    assert all(row["samples_s"] for row in marked)


def test_without_a_device_every_cuda_row_is_skipped_and_nothing_is_a_pair(fault_bench, check_rows):
    fault_bench.device = "none"
    done = fault_bench(*RIGHT)
    assert done.code == 0
    check_rows(done.rows)
    cpu_is_whole(done)
    cuda = done.of("case", side="cuda")
    assert [row["status"] for row in cuda] == ["skipped"]
    assert cuda[0]["reason"]
    assert not done.of("pair")
    assert not done.of("transfer")


def test_require_cuda_without_a_device_is_a_run_error(fault_bench):
    fault_bench.device = "none"
    done = fault_bench("--require-cuda", *RIGHT)
    assert done.code == 1
    assert "--require-cuda: " in done.err
    assert not done.of("case")
