"""Adds up JUnit files, says why tests were skipped, and ends with `N passed, N failed, N skipped`.

Usage: sum_up_tests.py FILE...   Exit status 1 if anything failed or a file is missing or empty.
"""

import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def outcome(case: ElementTree.Element) -> str:
    """One test's result: passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def reason(case: ElementTree.Element) -> str:
    """Why a test was skipped: pytest's message, or what GoogleTest printed after `Skipped`."""
    printed = re.search(
        r": Skipped\n(.*?)\n*\[  SKIPPED \]", case.findtext("system-out", ""), re.DOTALL
    )
    if printed:
        return " ".join(printed.group(1).split())
    skipped = case.find("skipped")
    return (skipped.get("message", "") if skipped is not None else "") or "no reason given"


def main(files: list[Path]) -> int:
    """Prints a line for each file, the reasons, and the sum of all."""
    total = Counter[str]()
    reasons = Counter[str]()
    for file in files:
        try:
            cases = list(ElementTree.parse(file).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError) as error:
            print(f"{file.stem}: no results ({error})")
            total["failed"] += 1
            continue
        here = Counter(outcome(case) for case in cases)
        reasons.update(reason(case) for case in cases if outcome(case) == "skipped")
        total += here
        print(f"{file.stem}: {counts(here)}")
    for text, number in reasons.most_common():
        print(f"  skipped {number}: {text}")
    print(counts(total))
    return 1 if total["failed"] or not total["passed"] else 0


def counts(by_outcome: Counter[str]) -> str:
    """`N passed, N failed, N skipped`."""
    return ", ".join(f"{by_outcome[name]} {name}" for name in ("passed", "failed", "skipped"))


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
