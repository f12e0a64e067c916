#!/usr/bin/env bash
# Measures what `compare` and `ab` detect on this machine, for docs/detection.md: about 40 minutes, nothing beside it.
#
#   tests/detection/measure.sh DIRECTORY [COMPARE_PY]
#
# DIRECTORY gets one run file per measurement, without samples, compressed. COMPARE_PY is Google Benchmark's compare.py, which is
# given the same measurements. Then: python -m breakeven detection-doc DIRECTORY
set -euo pipefail

out=$1 compare_py=${2-}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$top/build/cpu}
python=${PYTHON:-$top/.venv/bin/python}
export PYTHONPATH=$top/plots:$top/tests/detection
# One of each list of the standard preset: f32 and bf16, square, skinny and batched, from 20 µs to 0.2 s.
problems='^gemm/(f32/nn/m(256|512|1024|2048)n|bf16/nn/m(512|1024|2048)n|f32/nt/m(16|64)n4096|f32/nt/m1024n768k768|f32/nn/b1000m64n)'
short='^gemm/(f32/nn/m(256|512|1024)n|bf16/nn/m(512|1024)n|f32/nt/m16n4096)'
implementations='cpu/(packed|packed_bf16|openblas|onednn|onednn_packed)$'
filter="$problems.*$implementations"
lists=(squares low_precision skinny batched bert_base)
options=(--side=cpu)
for list in "${lists[@]}"; do options+=("--problems=$top/operations/lists/gemm/$list.csv"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# once NAME SEED: one separate run with five repetitions of the shorter problems, and Google Benchmark's file of it.
once() {
  "$build/bin/gemm_bench" --preset=smoke --benchmark_repetitions=5 "${options[@]}" --filter "$short.*$implementations" \
    --seed="$2" --run-out="$work/$1.jsonl" \
    --benchmark_out="$work/$1.json" >/dev/null 2>&1
  "$python" -m pack "$work/$1.jsonl" "$out/$1.jsonl.gz"
}

# alternate NAME NEW_BIN: ten rounds in ABBA order of the build and NEW_BIN, as `ab` measures them.
alternate() {
  local round side order
  for round in {1..10}; do
    order="base new"
    if ((round % 2 == 0)); then order="new base"; fi
    for side in $order; do
      local bin=$build/bin append=()
      if [[ $side == new ]]; then bin=$2; fi
      if [[ -e $work/$1-$side.jsonl ]]; then append=(--run-append); fi
      "$bin/gemm_bench" --preset=quick --round="$round/10" "${options[@]}" --filter "$filter" --seed="$round" --run-out="$work/$1-$side.jsonl" \
        "${append[@]}" --benchmark_out="$work/$1-$side-$round.json" >/dev/null 2>&1
    done
  done
  for side in base new; do
    "$python" -m pack "$work/$1-$side.jsonl" "$out/$1-$side.jsonl.gz"
    "$python" -m join_google "$work/$1-$side.json" "$work/$1-$side"-*.json
  done
}

# judge NAME BASE NEW: what compare.py says of the same measurements.
judge() {
  if [[ -z $compare_py ]]; then return; fi
  "$python" "$compare_py" --no-color --dump_to_json "$work/judged.json" benchmarks "$2" "$3" >/dev/null
  "$python" -m keep_p_values "$work/judged.json" "$out/$1.compare_py.json"
}

for pair in {01..20}; do
  echo "A/A pair $pair of 20"
  once "separate-$pair-a" "1$pair"
  once "separate-$pair-b" "2$pair"
  judge "separate-$pair" "$work/separate-$pair-a.json" "$work/separate-$pair-b.json"
done
for session in noise planted_5 planted_5-again planted_10 planted_10-again; do
  echo "Session $session"
  bin=$build/tests/${session%-again}
  if [[ $session == noise ]]; then bin=$build/bin; fi
  alternate "$session" "$bin"
  judge "$session" "$work/$session-base.json" "$work/$session-new.json"
done
