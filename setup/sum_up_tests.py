"""Adds up JUnit files and prints `N passed, N failed, N skipped` as the last line.

Usage: sum_up_tests.py FILE...   Exit status 1 if anything failed or a file is missing or empty.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def outcome(case: ElementTree.Element) -> str:
    """One test's result: passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def main(files: list[Path]) -> int:
    """Prints a line for each file and the sum of all."""
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for file in files:
        try:
            cases = list(ElementTree.parse(file).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError) as error:
            print(f"{file.stem}: no results ({error})")
            total["failed"] += 1
            continue
        here = [outcome(case) for case in cases]
        for name in here:
            total[name] += 1
        print(f"{file.stem}: " + ", ".join(f"{here.count(name)} {name}" for name in total))
    print(", ".join(f"{count} {name}" for name, count in total.items()))
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
