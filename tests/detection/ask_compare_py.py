"""`python -m ask_compare_py DIRECTORY COMPARE_PY`: what Google Benchmark's compare.py says of the
recorded runs, kept beside them as compare_py.json."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import to_google


def judged(tool: Path, base: Path, new: Path) -> dict[str, dict[str, float | None]]:
    """By the name of the benchmark its change of time and the p-value of the U test."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("base.json", "new.json", "out.json")]
        to_google.main(base, files[0])
        to_google.main(new, files[1])
        command = [sys.executable, tool, "--no-color", "--dump_to_json", files[2], "benchmarks",
                   files[0], files[1]]  # fmt: skip
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
        entries = json.loads(files[2].read_text())
    kept: dict[str, dict[str, float | None]] = {}
    for entry in entries:
        if entry.get("run_type") != "aggregate" and entry.get("measurements"):
            changes = sorted(one["time"] for one in entry["measurements"])
            test = entry.get("utest") or {}
            kept[entry["name"]] = {
                "p": test.get("time_pvalue"),
                "change": changes[len(changes) // 2],
            }
    return kept


def main(folder: Path, tool: Path) -> None:
    """All pairs and first sessions of a study."""
    found = {}
    for path in sorted(folder.glob("separate-*-a.jsonl.gz")):
        name = path.name[: -len("-a.jsonl.gz")]
        found[name] = judged(tool, path, folder / f"{name}-b.jsonl.gz")
    for session in ("planted_5", "planted_10"):
        sides = (folder / f"{session}-first-{side}.jsonl.gz" for side in ("base", "new"))
        found[session] = judged(tool, *sides)
    (folder / "compare_py.json").write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
