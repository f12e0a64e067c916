"""`python -m to_google RUN OUT`: a run file's measurements as Google Benchmark's JSON, so that its
compare.py judges the same data. Warm caches: its files have no other."""

import json
import sys
from pathlib import Path

from breakeven.compare.subject import TRIP, subject_of
from breakeven.run import read_run


def main(source: Path, out: Path) -> None:
    """One entry per repetition, in the order of the file."""
    rows = subject_of(read_run(source), "").rows
    rows = rows[(rows["status"] == "ok") & (rows["cache"] == "warm") & (rows["side"] != TRIP)]
    runs = []
    for key, group in rows.groupby(["case", "side", "implementation", "threads"], sort=False):
        name = "{}/{}/{}/threads:{}".format(*key)
        runs += [
            {"name": name, "run_name": name, "run_type": "iteration", "iterations": 1,
             "repetitions": len(group), "repetition_index": index, "threads": 1, "time_unit": "ns",
             "family_index": 0, "per_family_instance_index": 0,
             "real_time": seconds * 1e9, "cpu_time": seconds * 1e9}
            for index, seconds in enumerate(group["median_s"])
        ]  # fmt: skip
    context = {"host_name": "", "num_cpus": 1, "mhz_per_cpu": 1, "caches": []}
    out.write_text(json.dumps({"context": context, "benchmarks": runs}, indent=1))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
