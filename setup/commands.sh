# shellcheck shell=bash
# What each command does once its options are known to be good.

# The latest run that was not sent elsewhere by --out.
latest=$top/results/local/latest

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
  if [[ -z $out ]]; then out=${latest%/*}/$(run_name); fi
  mkdir -p "$out"
  measure "$build/bin" "$out"
  if [[ -s $out/run.jsonl ]]; then
    if [[ -z ${given[--out]-} ]]; then ln -sfn "${out##*/}" "$latest"; fi
    run_report "$out" || take_status 1
  else
    rmdir "$out" 2>/dev/null || true
  fi
  exit "$worst"
}

command_report() {
  local run
  if ((${#operands[@]} == 0)); then
    if [[ ! -e $latest ]]; then refuse "report: there is no run yet in results/local; './breakeven bench' makes one"; fi
    operands=("$(readlink -f "$latest")")
  fi
  for run in "${operands[@]}"; do
    if [[ ! -f $run && ! -f $run/run.jsonl ]]; then
      refuse "report: '$run' is neither a run file nor a directory with a run.jsonl"
    fi
  done
  use_unpacked
  need_packages python
  need_python ""
  run_report "${operands[@]}"
}

# run_report RUN...: the table on the terminal, and report.md with its figures beside the run.
run_report() {
  PYTHONPATH=$top/plots "$venv/bin/python" -m breakeven report "$@"
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
