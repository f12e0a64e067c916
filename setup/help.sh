# shellcheck shell=bash
# The words of `./breakeven help [command]`.

declare -A help_of=()
help_setup='
Set-up (done once, by whichever command needs it first):
  --yes       do not ask before sudo installs packages
  --cuda      build the CUDA half even without a driver; the toolkit comes from PyPI if there is none
  --no-cuda   build the CPU half only'

help_of[bench]="Usage: ./breakeven bench [options]
Measures the operations on the CPU and on the GPU, checks every result, and reports from which size on the GPU pays off.

  --preset P          smoke (30 s), quick (3 min, the default), standard (30 min) or full (no limit)
  --filter RE         only what matches: case id, side (cpu, cuda), implementation or a tag such as list:layer
  --problems FILE     problems of your own, as CSV (see docs/) instead of the built-in lists
  --side S            cpu, cuda or both
  --threads LIST      thread counts of the CPU side, such as 1,all
  --repetitions N     repetitions of each case
  --seed N            seed of the data and of the order
  --memory-limit SIZE at most this much memory for the tensors, such as 2G
  --require-cuda      fail if there is no usable GPU
  --with-pytorch      measure the same networks in PyTorch 2.11.0 too, eager and compiled, after all else: brings 5 GB into
                      .venv-pytorch once; 20 s more with smoke, 60 s with quick, 10 min with standard, and compiling
  --list              say what would be measured, and stop
  --out DIR           where the run goes (default results/local/<UTC time>-<host>); a used one is refused
  --save-baseline NAME  keep the run under a name, for compare and gate
  --baseline NAME     compare the run with a saved one
$help_setup

Ctrl-C and SIGTERM keep what was measured and still write the report.
Exit status, the worst of all programs: 0 all ok or skipped, 2 bad input (also a filter that matches nothing), 1 a run error
(also --require-cuda without a GPU), 3 a result was wrong, 130 or 143 interrupted."

help_of[train]="Usage: ./breakeven train --network NAME [options]
Trains a network on one side, visibly: after each epoch the loss, the accuracy on test images, and images per second.

  --network NAME      mlp, cnn or resnet20
  --data DATA         digits (8x8, in the project; the default), cifar10:DIR (its binary version), or synthetic
  --side S            cpu (the default) or cuda
  --engine E          naive, tuned (the default) or library; on the CPU picked, on the GPU tuned_graph and library_graph
  --dtype T           f32 (the default), or bf16: of products; weights stay in f32
  --epochs N          how often it sees all images (default 10)
  --batch N           images of a step (default 32)
  --lr X, --momentum X, --weight-decay X  of the optimiser (default 0.001, 0.9 and 0)
  --seed N            of the initial weights and of the order of the images (default 0)
  --out DIR           where history.jsonl and state.bin go (default results/local/train-<UTC time>-<host>)
  --resume            go on with what --out holds
$help_setup

Exit status: 0 trained, 2 bad input, 1 an error, also a loss that is no longer finite."

help_of[test]="Usage: ./breakeven test [options]
Runs all tests: the compiled ones, the same under AddressSanitizer and UndefinedBehaviorSanitizer, and those in Python. Tests
that need a GPU are skipped, with the reason, where there is none.
$help_setup

Exit status: 0 if nothing failed, else 1."

help_of[build]="Usage: ./breakeven build [options]
Sets up and compiles only: for container layers and login nodes. The programs are then in build/cuda/bin or build/cpu/bin.
$help_setup

BREAKEVEN_CUDA_ARCHITECTURES, such as '80;90a', names the GPUs to compile for; the default is the GPUs that are visible, else
75, 80, 90a, 100 and 120, with PTX for all others. CMAKE_PREFIX_PATH points at libraries of modules, conda or Spack."

help_of[report]="Usage: ./breakeven report [RUN...]
Prints the table of a run and writes report.md with its figures beside it. RUN is a run's directory or file; the default is the
latest run. Several runs are set side by side. Folders of trainings give loss curves in one picture, and training.md."

help_of[compare]="Usage: ./breakeven compare BASE NEW [MORE...] [options]
Compares runs. On one machine: how much the time of each key changed, with its interval and a verdict. Of different machines: hardware
beside hardware, never a verdict on code. A run is a directory, a run.jsonl (also .gz), or the name of a saved baseline; Google
Benchmark's JSON is read as well.

  --baseline NAME     a saved baseline as BASE; NEW is then the latest run unless one is given
  --margin PCT        no smaller change counts (default 2)
  --noise-file FILE   what this machine does to a measurement (default: that of 'ab --noise', if there is one)
  --out DIR           where compare.md, compare.json and the figure go (default: beside NEW)"

help_of[gate]="Usage: ./breakeven gate BASE NEW [options]
Says whether NEW may pass, and writes gate.md, gate.json and junit.xml. BASE and NEW are as in compare, of one machine.

  --margin PCT        no smaller change counts (default 2)
  --floor 'RE=X'      every speedup that matches must be at least X, by the lower end of its interval; RE is searched in
                      CASE/PAIRING/CACHE/MEMORY/WINDOW, WINDOW being kernel, call or end_to_end; may be repeated
  --allow-missing RE  what BASE has and NEW may lack
  --strict            lack of evidence fails, too
  --baseline NAME, --noise-file FILE, --out DIR  as in compare

Exit status: 0 passed, 1 regression (slower, missing, in error, a floor lost), 2 bad input (also unlike machines, or nothing in
common), 3 a result was wrong, 4 not enough evidence (with --strict)."

help_of[ab]="Usage: ./breakeven ab BASE [NEW] [options]
       ./breakeven ab --noise [STATE] [options]
Builds two states of the code side by side, measures them in alternation, measures again only what looks slower, and gates on what
the second session confirms. BASE and NEW are git references or directories with programs; NEW is this tree if it is not given.

  --noise             measure one state against itself (A/A): per key the smallest slowdown this machine can detect, kept as its
                      noise file, which compare, gate and ab use from then on
  --rounds N          rounds, each a process of its own on both sides (default 10)
  --margin PCT        no smaller change counts (default 2)
  --allow-missing RE, --strict  as in gate
  --preset, --filter, --problems, --side, --threads, --seed, --memory-limit, --require-cuda  as in bench; each side gets three
                      times the preset's time, since every round verifies anew
  --out DIR           where the sessions go (default results/local/ab-<UTC time>-<host>)
$help_setup

Exit status: that of gate."

help_of[export]="Usage: ./breakeven export [RUN] --format FORMAT [options]
Writes a run (default: the latest) for other tools.

  --format FORMAT     csv, parquet, bmf (Bencher Metric Format) or github-action-benchmark (its customSmallerIsBetter and
                      customBiggerIsBetter)
  --rows KIND         of csv and parquet: case, transfer, pair or ceiling
  --out DIR           where the files go (default: the run's directory)"

help_of[doctor]="Usage: ./breakeven doctor [options]
Says what this machine is and what would spoil a measurement on it.

  --json      the machine as JSON, as it stands in run files
$help_setup"

help_of[bundle]="Usage: ./breakeven bundle [options]
Packs the programs, the CPU libraries and the problem lists into an archive for a machine with no compiler, network or root. There,
unpack it and call its run script: run bench, run test, run doctor. It needs the same glibc or a newer one.

  --out FILE  the archive (default breakeven-<version>-<system>.tar.gz here); an existing one is refused
$help_setup"

help_of[help]="Usage: ./breakeven help [command]"

command_help() {
  local command=${operands[0]-}
  if ((${#operands[@]} > 1)); then refuse "help takes one command, not '${operands[*]}'"; fi
  if [[ -z $command ]]; then
    cat <<'END'
Breakeven: from which size on, and after how many calls, does the GPU pay off?

  ./breakeven bench     measure CPU and GPU side by side, and report
  ./breakeven train     train a network on one side
  ./breakeven test      run all tests
  ./breakeven build     set up and compile only
  ./breakeven report    draw the report of a run again
  ./breakeven compare   what changed between runs, or machine beside machine
  ./breakeven gate      may this change pass? For CI
  ./breakeven ab        two states of the code in alternation, and the gate on them
  ./breakeven export    a run as CSV, Parquet, or for services that track benchmarks
  ./breakeven doctor    what this machine is, and what would spoil a measurement on it
  ./breakeven bundle    an archive for a machine without compiler, network or root
  ./breakeven help      this, or 'help COMMAND' for its options
  ./breakeven --version

The first command that needs it sets up what is missing: packages through apt (as root, with sudo after asking, or unpacked into
.deps/), Python parts into .venv/, and the CUDA toolkit into .deps/ where there is a driver and no toolkit.
END
    return
  fi
  if [[ -z ${help_of[$command]-} ]]; then
    refuse "help: there is no command '$command'$(near_miss "$command" "${!help_of[@]}")"
  fi
  printf '%s\n' "${help_of[$command]}"
}
