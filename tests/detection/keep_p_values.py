"""`python -m keep_p_values FILE OUT`: of compare.py's JSON, what it says on each benchmark."""

import json
import sys
from pathlib import Path


def main(source: Path, out: Path) -> None:
    """Keeps the change and the p-value of its U test."""
    kept = {}
    for entry in json.loads(source.read_text()):
        if entry.get("run_type") == "aggregate" or not entry.get("measurements"):
            continue
        test = entry.get("utest") or {}
        changes = sorted(one["time"] for one in entry["measurements"])
        kept[entry["name"]] = {"p": test.get("time_pvalue"), "change": changes[len(changes) // 2]}
    out.write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
