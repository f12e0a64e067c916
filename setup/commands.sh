# shellcheck shell=bash
# What each command does once its options are known to be good.

# The latest run that was not sent elsewhere by --out, and the runs saved under a name.
latest=$top/results/local/latest
baselines=$top/results/local/baselines

command_build() {
  no_operands build
  need_build
  need_python ""
  note "Ready: the programs are in build/$preset/bin"
}

command_bench() {
  local out=${given[--out]-}
  no_operands bench
  need_build programs
  if [[ -n ${given[--list]-} ]]; then
    measure "$build/bin" ""
    exit "$worst"
  fi
  need_python ""
  if [[ -n ${given[--with-pytorch]-} ]]; then need_pytorch; fi
  if [[ -z $out ]]; then out=${latest%/*}/$(run_name); fi
  mkdir -p "$out"
  measure "$build/bin" "$out"
  if [[ -s $out/run.jsonl ]]; then
    if [[ -z ${given[--out]-} ]]; then ln -sfn "${out##*/}" "$latest"; fi
    run_report "$out" || take_status 1
    if [[ -n ${given[--baseline]-} ]]; then run_python compare "$baselines/${given[--baseline]}" "$out" || take_status 1; fi
    if [[ -n ${given[--save-baseline]-} ]]; then save_baseline "$out" "${given[--save-baseline]}"; fi
  else
    rmdir "$out" 2>/dev/null || true
  fi
  exit "$worst"
}

command_train() {
  local option arguments=()
  no_operands train
  for option in $train_options; do
    option=${option%%=*}
    if [[ -z ${given[$option]-} ]]; then continue; fi
    if [[ $option == --resume ]]; then arguments+=("$option"); else arguments+=("$option=${given[$option]}"); fi
  done
  if [[ -n ${given[--resume]-} && -z ${given[--out]-} ]]; then refuse "train: --resume needs --out: the folder to go on in"; fi
  need_build programs
  if [[ -z ${given[--out]-} ]]; then arguments+=("--out=${latest%/*}/train-$(run_name)"); fi
  exec "$build/bin/train" "${arguments[@]}"
}

command_report() {
  local run
  if ((${#operands[@]} == 0)); then
    if [[ ! -e $latest ]]; then refuse "report: there is no run yet in results/local; './breakeven bench' makes one"; fi
    operands=("$(readlink -f "$latest")")
  fi
  for run in "${operands[@]}"; do
    if [[ ! -f $run && ! -f $run/run.jsonl && ! -f $run/history.jsonl ]]; then
      refuse "report: '$run' is neither a run file nor a directory with a run.jsonl or a training's history.jsonl"
    fi
  done
  use_unpacked
  need_packages python
  need_python ""
  run_report "${operands[@]}"
}

# run_report RUN...: the table on the terminal, and report.md with its figures beside the run.
run_report() { run_python report "$@"; }

# run_python COMMAND ARGUMENT...: a command of the Python package in plots/.
run_python() { PYTHONPATH=$top/plots "$venv/bin/python" -m breakeven "$@"; }

# save_baseline RUN NAME: keeps a copy of the run file under a name, in place of an earlier one. Only a whole run is worth that.
save_baseline() {
  if ((worst)); then
    note "breakeven: the run ended with status $worst and is not saved as baseline '$2'"
    return
  fi
  mkdir -p "$baselines/$2"
  cp "$1/run.jsonl" "$baselines/$2/.run.jsonl.new"
  mv "$baselines/$2/.run.jsonl.new" "$baselines/$2/run.jsonl"
  note "Saved as baseline '$2'"
}

command_compare() { python_command compare; }
command_gate() { python_command gate; }
command_export() {
  if [[ -z ${given[--format]-} ]]; then refuse "export needs --format: $(expected format)"; fi
  python_command export
}

# python_command COMMAND: Python reads the command line again.
python_command() {
  use_unpacked
  need_packages python
  need_python ""
  if [[ ${given[--format]-} == parquet ]]; then need_python -parquet; fi
  run_python "$1" "${words[@]}"
}

command_doctor() {
  no_operands doctor
  need_build doctor
  exec "$build/bin/doctor" ${given[--json]:+--json}
}

command_bundle() {
  no_operands bundle
  need_build
  make_bundle "${given[--out]-}"
}
