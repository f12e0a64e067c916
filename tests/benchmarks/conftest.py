"""Runs the benchmark programs and reads what they wrote."""

import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest

Row = dict[str, Any]

# A run file that holds a ceiling has its ceilings: none are measured again, which saves seconds.
CEILING = {
    "kind": "ceiling",
    "name": "event",
    "side": "cuda",
    "dtype": None,
    "threads": None,
    "unit": "s",
    "value": 1e-6,
    "values": [1e-6],
    "status": "ok",
    "reason": None,
    "detail": None,
}


def strict(text: str) -> Any:
    """The value of a JSON text without the NaN and Infinity that Python would take."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@dataclass
class Outcome:
    """What a program left behind."""

    code: int
    out: str
    err: str
    run_file: Path
    rows: list[Row] = field(default_factory=list)

    def of(self, kind: str, **fields: Any) -> list[Row]:
        """The rows of a kind whose fields have these values."""
        return [
            row
            for row in self.rows
            if row["kind"] == kind and all(row[name] == value for name, value in fields.items())
        ]


@dataclass
class Bench:
    """A program with problems and a folder of its own."""

    program: Path
    folder: Path
    problems: Path
    device: str = "normal"
    measure_ceilings: bool = False
    budget: str = "smoke"

    def command(self, *options: str) -> list[str]:
        """The command line, with a run file that is there unless ceilings are to be measured."""
        words = [str(self.program), *options]
        if "--problems" not in options:
            words += ["--problems", str(self.problems)]
        if not any(option.startswith("--preset") for option in options):
            words += ["--preset", self.budget]
        if not any(option.startswith("--benchmark_repetitions") for option in options):
            words += ["--benchmark_repetitions=2"]
        if "--run-out" not in options:
            words += ["--run-out", str(self.run_file)]
            if not self.measure_ceilings:
                if not self.run_file.exists():
                    self.run_file.write_text(json.dumps(CEILING) + "\n")
                words += ["--run-append"]
        return words

    @property
    def run_file(self) -> Path:
        """Where the run goes."""
        return self.folder / "run.jsonl"

    def environment(self, **more: str) -> dict[str, str]:
        """The caller's, with the fake device's state; idle threads leave the cores to others."""
        fixed = {"BREAKEVEN_FAKE_DEVICE": self.device, "OMP_WAIT_POLICY": "passive"}
        return {**os.environ, **fixed, **more}

    def __call__(self, *options: str, **environment: str) -> Outcome:
        """Runs it to its end."""
        done = subprocess.run(
            self.command(*options),
            env=self.environment(**environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return self.outcome(done.returncode, done.stdout, done.stderr)

    def start(self, *options: str, **environment: str) -> subprocess.Popen[str]:
        """Starts it, to be interrupted."""
        return subprocess.Popen(
            self.command(*options),
            env=self.environment(**environment),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def outcome(self, code: int, out: str, err: str) -> Outcome:
        """With the rows of the run file, if there is one."""
        rows = []
        if self.run_file.exists():
            rows = [strict(line) for line in self.run_file.read_text().splitlines()]
        return Outcome(code, out, err, self.run_file, rows)


def write_list(path: Path, problems: Iterable[str]) -> Path:
    """A problem list with one row for each problem, named row0, row1, …"""
    rows = [f"row{i},{problem},1,a test" for i, problem in enumerate(problems)]
    path.write_text("\n".join(["name,problem,multiplicity,origin", *rows]) + "\n")
    return path


@pytest.fixture
def problem_list(tmp_path: Path) -> Callable[..., Path]:
    """problem_list(*problems): the path of a list that holds them."""
    return lambda *problems: write_list(tmp_path / "list.csv", problems)


@pytest.fixture(scope="session")
def make_bench(program: Callable[[str], Path]) -> Callable[..., Bench]:
    """make_bench(name, folder, *problems): a program with a list of these problems."""

    def make(name: str, folder: Path, *problems: str) -> Bench:
        folder.mkdir(exist_ok=True)
        return Bench(program(name), folder, write_list(folder / "list.csv", problems))

    return make


@pytest.fixture
def fault_bench(make_bench: Callable[..., Bench], tmp_path: Path) -> Bench:
    """The program with faults, on one small problem."""
    return make_bench("fault_bench", tmp_path / "fault", "scale/f32/n1000")


@pytest.fixture
def gemm_bench(make_bench: Callable[..., Bench], tmp_path: Path) -> Bench:
    """The GEMM program on one small problem."""
    return make_bench("gemm_bench", tmp_path / "gemm", "gemm/f32/nn/m32n32k32")


@pytest.fixture
def on_a_terminal() -> Callable[..., tuple[int, str]]:
    """Runs a command whose standard error is a terminal: its exit status, and what was shown."""

    def run(command: list[Any], **options: Any) -> tuple[int, str]:
        try:
            terminal, its_side = pty.openpty()
        except OSError as error:
            pytest.skip(f"no terminal can be made here: {error}")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=its_side, **options)
        os.close(its_side)
        shown = b""
        try:
            while part := os.read(terminal, 4096):
                shown += part
        except OSError:  # the other side is closed
            pass
        os.close(terminal)
        return process.wait(timeout=60), shown.decode()

    return run


@pytest.fixture(scope="session")
def schema(root: Path) -> Row:
    """The JSON Schema of a run file's rows."""
    return json.loads((root / "results/schema/run.schema.json").read_text())


@pytest.fixture(scope="session")
def check_rows(schema: Row) -> Callable[[list[Row]], None]:
    """check_rows(rows): every row is what the schema says of its kind."""
    validators = {
        kind: jsonschema.Draft202012Validator({"$defs": schema["$defs"], **definition})
        for kind, definition in schema["$defs"].items()
    }

    def check(rows: list[Row]) -> None:
        for number, row in enumerate(rows, start=1):
            errors = list(validators[row["kind"]].iter_errors(row))
            assert not errors, f"row {number} ({row['kind']}): {errors[0].message}"

    return check
