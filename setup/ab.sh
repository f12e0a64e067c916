# shellcheck shell=bash
# `./breakeven ab`: two states of the code, or two builds, measured in alternation, problem by problem, each repetition by processes
# of its own: what drifts on the machine, and what a process start decides, then hits both alike.

command_ab() {
  local out status=0 pattern base new rounds=${given[--rounds]-10} noise=${given[--noise]-}
  local -a judging=()
  check_ab_operands "$noise"
  need_build programs
  need_python ""
  if [[ -n $noise ]]; then operands+=("${operands[0]-}"); fi
  base=$(programs_of "${operands[0]-}")
  new=$(programs_of "${operands[1]-}")
  out=${given[--out]-}
  if [[ -z $out ]]; then out=${latest%/*}/ab-$(run_name); fi
  mkdir -p "$out"
  if [[ -n ${given[--margin]-} ]]; then judging+=("--margin=${given[--margin]}"); fi

  alternate "$base" "$new" "$out/first" "$rounds"
  if [[ -n $noise ]]; then
    run_python ab-noise "$out" "${judging[@]}"
    return
  fi
  pattern=$(run_python ab-suspects "$out" "${judging[@]}")
  if [[ -n $pattern ]]; then
    note "Measuring again what looks slower"
    if [[ $pattern != . ]]; then given[--filter]=$pattern; fi
    alternate "$base" "$new" "$out/again" "$rounds"
  fi
  if [[ -n ${given[--allow-missing]-} ]]; then judging+=("--allow-missing=${given[--allow-missing]}"); fi
  if [[ -n ${given[--strict]-} ]]; then judging+=(--strict); fi
  run_python ab-gate "$out" "${judging[@]}" || status=$?
  exit "$status"
}

# check_ab_operands NOISE: refuses before anything is built.
check_ab_operands() {
  local count=${#operands[@]} operand
  if [[ -n $1 ]] && ((count > 1)); then
    refuse "ab --noise measures one state against itself: give one git reference or directory, or none for this tree"
  fi
  if [[ -z $1 ]] && ((count < 1 || count > 2)); then
    refuse "ab needs BASE, and may have NEW: git references or directories with programs; '$front help ab' says more"
  fi
  if ((${given[--rounds]-10} < 2 || ${given[--rounds]-10} > 1000)); then
    refuse "ab: --rounds must be from 2 (there is no interval without repetition) to 1000"
  fi
  for operand in "${operands[@]}"; do
    if [[ ! -d $operand ]] && ! commit_of "$operand" >/dev/null; then
      refuse "ab: '$operand' is neither a git reference nor a directory with programs"
    fi
  done
}

commit_of() { git -C "$top" rev-parse --verify --quiet --end-of-options "$1^{commit}" 2>/dev/null; }

# programs_of STATE: prints the directory with the programs of a git reference (built at need), of a directory, or, without a
# name, of this tree.
programs_of() {
  local state=$1 commit directory
  if [[ -z $state ]]; then
    echo "$build/bin"
    return
  fi
  if [[ -d $state ]]; then
    for directory in "$state" "$state/bin"; do
      if compgen -G "$directory/*_bench" >/dev/null; then
        (cd "$directory" && pwd)
        return
      fi
    done
    refuse "ab: there are no programs (*_bench) in '$state'"
  fi
  commit=$(commit_of "$state")
  directory=$top/build/ab/${commit:0:12}
  if [[ ! -e $directory/CMakeLists.txt ]]; then
    note "Checking out $state (${commit:0:12}) into build/ab"
    rm -rf "$directory"
    git clone --quiet --shared --no-checkout "$top" "$directory"
    git -C "$directory" checkout --quiet --detach "$commit"
    ln -s "$deps" "$directory/.deps"
  fi
  build_state "$directory" >&2
  echo "$directory/build/$preset/bin"
}

# build_state DIRECTORY: configures and compiles there what `preset` says, with this tree's set-up.
build_state() {
  local top=$1
  configure "$preset"
  compile "$preset" programs
}

# alternate BASE NEW DIRECTORY ROUNDS: measures both sides into DIRECTORY/base and DIRECTORY/new, problem by problem, so that the
# two repetitions that are compared are seconds apart.
alternate() {
  local directory=$3 rounds=$4 round program seed=$((10#${given[--seed]-1})) total=0 flip=0
  local -a arguments narrowing chosen
  local -A problems ids=() bin=([base]=$1 [new]=$2)
  read_options
  if ! choose_programs "${bin[new]}" || ! choose_programs "${bin[base]}"; then exit "$worst"; fi
  for program in "${chosen[@]}"; do
    if [[ $program == */ceiling_bench ]]; then continue; fi # each side's first program measures what it lacks
    ids[${program##*/}]=$("$program" "${arguments[@]}" "${narrowing[@]}" --benchmark_list_tests | sed -E 's,/(cpu|cuda)/.*,,' | uniq)
    total=$((total + problems[$program]))
  done
  mkdir -p "$directory"/{base,new}
  trap 'on_signal INT 130' INT
  trap 'on_signal TERM 143' TERM
  trap 'on_signal HUP 129' HUP
  for ((round = 1; round <= rounds; round++)); do
    note "Round $round of $rounds"
    given[--seed]=$((seed + round - 1))
    given[--round]=$round/$rounds
    read_options
    measure_round
  done
  trap - INT TERM HUP
  given[--seed]=$seed
  unset 'given[--round]'
}

# measure_round: every problem twice on both sides, in ABBA order: a drift cancels, and of the two chances that a side has to be
# undisturbed one is enough, since the faster counts. A part of alternate, whose variables it uses.
measure_round() {
  local later=$((2 * total)) id side place
  local -a order own
  for program in "${!ids[@]}"; do
    for id in ${ids[$program]}; do
      flip=$((1 - flip))
      order=(base new new base)
      if ((flip == 0)); then order=(new base base new); fi
      for place in 0 1 2 3; do
        side=${order[place]}
        if ((place % 2 == 0)); then later=$((later - 1)); fi
        own=("${narrowing[@]}" "--benchmark_filter=^$id/" "--problems-after=$later" "--run-out=$directory/$side/run.jsonl")
        if [[ -e $directory/$side/run.jsonl ]]; then own+=(--run-append); fi
        run_program "${bin[$side]}/$program" "${arguments[@]}" "${own[@]}" >/dev/null 2>>"$directory/messages.txt"
        if [[ -n $interrupted ]]; then
          note "breakeven: interrupted; what was measured is in $directory"
          exit "$interrupted"
        fi
        if [[ -e $directory/$side/run.jsonl && $(tail -n 1 "$directory/$side/run.jsonl") != *'"kind":"end"'* ]]; then
          give_up "ab: $program ($side) ended in the middle of $id, round $round; what it said is in $directory/messages.txt"
        fi
        # A wrong result or an error is in the file, and the gate's to judge; so is a problem that one side does not have, since
        # the options were right for both.
        if ((worst == 2)); then worst=0; fi
      done
    done
  done
}
