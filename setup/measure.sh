# shellcheck shell=bash
# Runs the benchmark programs into one run directory. Shared by `./breakeven bench` and the bundle's `run bench`.
#
# Exit status: that of the worst program, where interrupted (130, 143) is worse than a failed verification (3), that worse
# than a run error (1), and that worse than bad input (2).

interrupted="" # 130, 143 or 129 once a signal came in
child=""       # the program that runs now
worst=0

# on_signal NAME STATUS: passes a signal on to the program, which then ends its run file properly.
on_signal() {
  interrupted=$2
  if [[ -n $child ]]; then kill -s "$1" "$child" 2>/dev/null || true; fi
}

# run_program COMMAND...: runs it to its end, also through signals; its exit status goes into `worst`.
run_program() {
  local status=0
  # A process group of its own (set -m): Ctrl-C at a terminal then reaches only this script, and the program hears of it
  # once. Programs take a second Ctrl-C for impatience.
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  while :; do
    status=0
    wait "$child" || status=$?
    if ((status <= 128)) || ! kill -0 "$child" 2>/dev/null; then break; fi
  done
  child=""
  if ((status > 3)) && [[ -z $interrupted ]]; then
    note "breakeven: ${1##*/} ended with status $status, which none of its own endings has (128 + a signal's number: it was killed)"
    status=1
  fi
  take_status "$status"
}

# take_status STATUS: keeps the worst of them.
take_status() {
  local rank
  for rank in 3 1 2; do
    if ((worst == rank)); then return; fi
    if (($1 == rank)); then worst=$rank; fi
  done
}

# read_options: what the programs get of the options in `given`: `arguments` goes to each of them, `narrowing` to those whose
# problems it selects.
read_options() {
  local option
  arguments=() narrowing=()
  for option in --preset --side --threads --seed --memory-limit --round; do
    if [[ -n ${given[$option]-} ]]; then arguments+=("$option=${given[$option]}"); fi
  done
  if [[ -n ${given[--repetitions]-} ]]; then arguments+=("--benchmark_repetitions=${given[--repetitions]}"); fi
  if [[ -n ${given[--require-cuda]-} ]]; then arguments+=(--require-cuda); fi
  for option in --filter --problems; do
    if [[ -n ${given[$option]-} ]]; then narrowing+=("$option=${given[$option]}"); fi
  done
}

# choose_programs BIN_DIRECTORY: puts those that have something to do into `chosen`, the ceilings first, and how many problems
# they have into `problems`. Asked before anything is measured: if none has, the filter or the file is wrong; false then, with
# the reason told and kept in `worst`.
choose_programs() {
  local program count status
  chosen=() problems=()
  for program in "$1"/*_bench; do
    if [[ $program == */ceiling_bench ]]; then continue; fi
    status=0
    count=$("$program" "${arguments[@]}" "${narrowing[@]}" --count) || status=$?
    if ((status)); then
      if ((status != 2)); then
        note "breakeven: ${program##*/} --count ended with status $status"
        status=1
      fi
      take_status "$status" # and it has said what was wrong
      return 1
    fi
    if ((count)); then chosen+=("$program") problems[$program]=$count; fi
  done
  if ((${#chosen[@]})); then
    # Rates are held against the ceilings, whatever the selection is.
    if [[ -z ${given[--list]-} || ${#narrowing[@]} -eq 0 ]]; then chosen=("$1/ceiling_bench" "${chosen[@]}"); fi
  elif ((${#narrowing[@]})) && [[ -z ${given[--problems]-} ]] &&
    "$1/ceiling_bench" "${arguments[@]}" "${narrowing[@]}" --list >/dev/null 2>&1; then
    chosen=("$1/ceiling_bench")
  else
    note "breakeven: nothing matches ${narrowing[*]}; '$front bench --list' shows what there is"
    take_status 2
    return 1
  fi
}

# measure BIN_DIRECTORY DIRECTORY: runs all programs of BIN_DIRECTORY that have something to do, with the options in `given`,
# and with --with-pytorch, which only ./breakeven takes, PyTorch on what they measured.
# With --list they only say what they would measure, and DIRECTORY is not used.
measure() {
  local out=$2 program table later=0
  local -a arguments narrowing chosen own
  local -A problems
  read_options
  if ! choose_programs "$1"; then return; fi

  trap 'on_signal INT 130' INT
  trap 'on_signal TERM 143' TERM
  trap 'on_signal HUP 129' HUP
  for program in "${chosen[@]}"; do later=$((later + ${problems[$program]-0})); done
  for program in "${chosen[@]}"; do
    if [[ -n $interrupted ]]; then break; fi
    own=("${narrowing[@]}")
    if [[ $program == */ceiling_bench && ${#chosen[@]} -gt 1 ]]; then own=(); fi
    if [[ -n ${given[--list]-} ]]; then
      run_program "$program" "${arguments[@]}" "${own[@]}" --list
      continue
    fi
    # All problems of the run get equal shares of the time budget, whichever program has them.
    later=$((later - ${problems[$program]-0}))
    if [[ $program != */ceiling_bench ]] && ((later)); then own+=("--problems-after=$later"); fi
    own+=("--run-out=$out/run.jsonl")
    if [[ -e $out/run.jsonl ]]; then own+=(--run-append); fi
    # Google Benchmark's tables, thousands of lines, go to a file; progress and messages are on standard error.
    table=$out/${program##*/}.txt
    run_program "$program" "${arguments[@]}" "${own[@]}" >"$table"
    if [[ ! -s $table ]]; then rm -f "$table"; fi
  done
  if [[ -n ${given[--with-pytorch]-} && -z ${given[--list]-}$interrupted && -s $out/run.jsonl ]]; then
    PYTHONPATH=$top/benchmarks run_program "$pytorch_venv/bin/python" -P -m pytorch "$out/run.jsonl"
  fi
  trap - INT TERM HUP
  if [[ -n $interrupted ]]; then worst=$interrupted; fi
}

# run_name: <UTC time>-<host>, the name of a run directory.
run_name() { printf '%s-%s' "$(date -u +%Y-%m-%dT%H%M%SZ)" "$(uname -n | cut -d. -f1)"; }
