"""Whole comparisons of synthetic runs: what is found, what is not, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breakeven.cli import main
from breakeven.compare.comparison import compare
from breakeven.compare.noise import measure_noise, read_noise, write_noise
from breakeven.compare.page import as_json, dumped, markdown, terminal
from breakeven.compare.read import read_subjects
from breakeven.compare.verdicts import FASTER, INVALID, SAME, SLOWER
from breakeven.errors import InputError
from synthetic_run import Synthetic
from synthetic_sessions import CASE, SMALL, write_session


def subjects(*paths: Path):
    return read_subjects(list(paths), Path("no baselines"))


def separate(tmp_path: Path, repetitions: int = 10, **fields):
    """Two separate runs; `fields` go to the second."""
    for name, seed, own in (("base", 1, {}), ("new", 2, fields)):
        Synthetic(**{**SMALL, "repetitions": repetitions, "seed": seed, **own}).write(
            tmp_path / name
        )
    return subjects(tmp_path / "base", tmp_path / "new")


def session(folder: Path, **fields):
    write_session(folder, **fields)
    return subjects(folder / "base", folder / "new")


def key(implementation: str, threads: int = 1):
    return (CASE, "cpu", implementation, threads, "warm", "default")


def test_a_run_against_itself_is_the_same(tmp_path: Path):
    Synthetic(**SMALL, noise=0.002).write(tmp_path / "run")
    one = compare(*subjects(tmp_path / "run", tmp_path / "run"))
    assert set(one.counts) == {SAME}
    assert one.ratio == 1
    assert not one.changes


def test_separate_runs_are_not_paired(tmp_path: Path):
    one = compare(*separate(tmp_path))
    assert not one.paired
    assert SLOWER not in one.counts
    assert FASTER not in one.counts


def test_rounds_in_alternation_are_recognised_by_their_start_times(tmp_path: Path):
    base, new = session(tmp_path)
    assert compare(base, new).paired
    # The whole of one after the whole of the other: no alternation.
    new.starts = {
        case: {
            number: [f"2026{start[4:]}" for start in starts] for number, starts in rounds.items()
        }
        for case, rounds in new.starts.items()
    }
    assert not compare(base, new).paired


def test_a_program_that_is_missing_from_a_session_costs_its_round_only(tmp_path: Path):
    base, new = session(tmp_path, factors={(CASE, "openblas"): 1.2})
    del new.starts[CASE][4]
    new.rows = new.rows[(new.rows["case"] != CASE) | (new.rows["round"] != 4)]
    one = compare(base, new)
    assert one.paired
    assert set(one.of(SLOWER).index) == {key("openblas", 1), key("openblas", 2)}
    assert set(one.of(SLOWER)["repetitions"]) == {9}


def test_a_slower_implementation_is_found_and_nothing_else(tmp_path: Path):
    one = compare(*session(tmp_path, factors={(CASE, "openblas"): 1.06}))
    assert set(one.of(SLOWER).index) == {key("openblas", 1), key("openblas", 2)}
    assert FASTER not in one.counts
    assert one.table.index[0] in list(one.of(SLOWER).index)  # the worst first
    words = terminal(one)
    assert "SLOWER" in words
    assert CASE in words
    assert "Over 27 keys of 3 problems that both measured: 2 SLOWER" in one.overall()


def test_a_faster_one_too(tmp_path: Path):
    one = compare(*session(tmp_path, factors={(CASE, "openblas"): 0.9}))
    assert set(one.of(FASTER).index) == {key("openblas", 1), key("openblas", 2)}


def test_a_flagged_key_is_invalid_with_the_flag_and_the_side(tmp_path: Path):
    flags = {(CASE, "openblas"): ["suspect"], (CASE, "onednn"): ["capped"]}
    one = compare(*separate(tmp_path, flags=flags))
    assert set(one.of(INVALID)["reason"]) == {"suspect in NEW"}
    assert set(one.of(INVALID).index) == {key("openblas", 1), key("openblas", 2)}


def test_a_few_flagged_repetitions_are_left_out(tmp_path: Path):
    base, new = session(tmp_path, factors={(CASE, "openblas"): 1.2})
    ours = (new.rows["case"] == CASE) & (new.rows["implementation"] == "openblas")
    throttled = ours & (new.rows["round"] <= 3)
    new.rows["flags"] = [("throttled",) if hit else () for hit in throttled]
    one = compare(base, new)
    assert one.of(INVALID).empty
    assert set(one.of(SLOWER)["repetitions"]) == {7}
    new.rows["flags"] = [("throttled",) if hit else () for hit in ours]
    assert set(compare(base, new).of(INVALID)["reason"]) == {"throttled in NEW"}


def test_missing_added_and_failing_keys_are_listed(tmp_path: Path):
    faults = {(CASE, "openblas"): ("failed", "element 7 is wrong"),
              (CASE, "onednn"): ("skipped", "not supported")}  # fmt: skip
    base, new = separate(tmp_path, faults=faults)
    one = compare(base, new)
    assert set(one.failing["reason"]) == {"element 7 is wrong"}
    assert set(one.failing["before"]) == {"ok"}
    assert set(one.missing["reason"]) == {"not supported"}
    assert key("onednn", 2) in one.missing.index
    assert one.added.empty
    back = compare(new, base)
    assert set(back.added["reason"]) >= {"not supported"}
    assert back.failing.empty


def test_what_an_alternation_had_no_time_for_is_no_regression(tmp_path: Path):
    short = "0.02 s a call: 1 repetitions do not fit in the time budget"
    base, new = session(tmp_path / "ab", faults={(CASE, "openblas"): ("skipped", short)})
    # NEW too slow to be measured where BASE always was: missing.
    assert len(compare(base, new).missing) == 2
    # BASE had no time for it in every other round either: no evidence.
    often = base.rows["round"] % 2 == 0
    hit = often & (base.rows["case"] == CASE) & (base.rows["implementation"] == "openblas")
    base.rows.loc[hit, ["status", "reason", "median_s"]] = ["skipped", short, float("nan")]
    one = compare(base, new)
    assert one.missing.empty
    assert set(one.of(INVALID).index) == {key("openblas", 1), key("openblas", 2)}
    assert set(one.of(INVALID)["reason"]) == {"no round in common"}


def test_a_problem_of_only_one_run_is_missing(tmp_path: Path):
    one = compare(*separate(tmp_path, squares=[64, 128]))
    assert {name[0] for name in one.missing.index} == {"gemm/f32/nn/m256n256k256"}
    assert set(one.missing["reason"]) == {"not in NEW"}


def test_what_changed_is_listed(tmp_path: Path):
    one = compare(*separate(tmp_path, host="laptop", fill="zeros"))
    assert ("host", "build-1", "laptop") in one.changes
    assert ("fill", "normal", "zeros") in one.changes


def test_the_whole_trip_is_compared_too(tmp_path: Path):
    one = compare(*separate(tmp_path, gpu=True, squares=[64, 1024]))
    assert one.failing.empty
    Synthetic(**{**SMALL, "gpu": True, "seed": 3}).write(tmp_path / "g1")
    Synthetic(**{**SMALL, "gpu": True, "seed": 4, "slow_gpu": {CASE: 1.5}}).write(tmp_path / "g2")
    one = compare(*subjects(tmp_path / "g1", tmp_path / "g2"))
    slower = {(name[0], name[1]) for name in one.of(SLOWER).index}
    assert slower == {(CASE, "end to end")}


def test_the_noise_file_widens_the_margin_of_its_keys(tmp_path: Path):
    noise = measure_noise(*session(tmp_path / "aa", noise=0.02), margin=0.02)
    write_noise(noise, tmp_path / "noise.json")
    again = read_noise(tmp_path / "noise.json")
    assert again.rounds == 10
    assert again.table["detectable"].to_dict() == pytest.approx(noise.table["detectable"].to_dict())
    base, new = session(tmp_path / "ab")
    one = compare(base, new, 0.001, again)
    assert "noise file" in set(one.table["margin_from"])
    base.fingerprint = new.fingerprint = "another machine"
    assert "noise file" not in set(compare(base, new, 0.001, again).table["margin_from"])


def test_detectable_is_what_is_detected(tmp_path: Path):
    """A slowdown of the size that the noise file calls detectable is found on nearly all keys."""
    noise = measure_noise(*session(tmp_path / "aa"), margin=0.0198)
    size = float(noise.table["detectable"].quantile(0.9))
    assert 0.025 < size < 0.07
    factors = {(f"gemm/f32/nn/m{n}n{n}k{n}", name): 2.718281828**size for n in (64, 128, 256)
               for name in ("openblas", "onednn", "onednn_packed", "reordered")}  # fmt: skip
    one = compare(*session(tmp_path / "ab", seed=5, factors=factors))
    assert one.counts[SLOWER] >= 0.8 * 24


def test_json_and_page_have_every_key(tmp_path: Path):
    one = compare(*session(tmp_path, factors={(CASE, "openblas"): 1.2}))
    document = json.loads(dumped(as_json(one)))
    assert len(document["keys"]) == len(one.table)
    assert document["interleaved"] is True
    first = document["keys"][0]
    assert (first["verdict"], first["implementation"]) == (SLOWER, "openblas")
    page = markdown(one, "effects.png")
    assert page.startswith("# new against base")
    assert "## Slower (2)" in page
    assert "![Changes with intervals](effects.png)" in page


def test_command_writes_beside_new(tmp_path: Path, capsys):
    write_session(tmp_path)
    assert main(["compare", str(tmp_path / "base"), str(tmp_path / "new")]) == 0
    assert "Over 27 keys" in capsys.readouterr().out
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written == {"run.jsonl", "compare.md", "compare.json", "effects.png", "effects.svg"}


def test_more_runs_get_a_folder_each(tmp_path: Path, capsys):
    write_session(tmp_path)
    Synthetic(**SMALL).write(tmp_path / "third")
    names = [str(tmp_path / name) for name in ("base", "new", "third")]
    assert main(["compare", *names, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/new/compare.md").is_file()
    assert (tmp_path / "out/third/compare.md").is_file()


def test_named_baselines_are_found_and_an_unknown_one_is_refused(tmp_path: Path):
    Synthetic(**SMALL).write(tmp_path / "baselines/main")
    Synthetic(**SMALL).write(tmp_path / "run")
    found = read_subjects([Path("main"), tmp_path / "run"], tmp_path / "baselines")
    assert found[0].path == tmp_path / "baselines/main/run.jsonl"
    with pytest.raises(InputError, match=r"mian does not exist.*\(main\)"):
        read_subjects([Path("mian")], tmp_path / "baselines")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["compare"], "two runs are needed"),
        (["compare", "{run}"], "two runs are needed"),
        (["compare", "{run}", "nowhere"], "nowhere does not exist"),
        (["compare", "{run}", "{run}", "--margin", "lots"], "--margin 'lots'"),
        (["compare", "{run}", "{run}", "--margin", "-1"], "--margin '-1'"),
        (["compare", "{run}", "{run}", "--noise-file", "{run}/run.jsonl"], "no"),
        (["compare", "{run}", "{run}", "--mragin", "2"], "did you mean '--margin'"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, capsys, arguments, complaint):
    Synthetic(**SMALL).write(tmp_path / "run")
    words = [word.format(run=tmp_path / "run") for word in arguments]
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line
