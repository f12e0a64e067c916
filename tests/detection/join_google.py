"""`python -m join_google OUT FILE...`: files of one repetition each as one file of all of them."""

import json
import sys
from pathlib import Path


def main(out: Path, *sources: Path) -> None:
    """Numbers the repetitions in the order of the files."""
    documents = [json.loads(source.read_text()) for source in sources]
    runs = []
    for index, document in enumerate(documents):
        for run in document["benchmarks"]:
            if run.get("run_type") == "iteration" and not run.get("error_occurred"):
                runs.append({**run, "repetitions": len(sources), "repetition_index": index})
    out.write_text(json.dumps({"context": documents[0]["context"], "benchmarks": runs}, indent=1))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
