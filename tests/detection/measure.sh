#!/usr/bin/env bash
# Measures what `compare` and `ab` detect on this machine, for docs/detection.md: under an hour, nothing beside it.
#
#   tests/detection/measure.sh DIRECTORY
#
# DIRECTORY gets one run file per measurement, without samples, compressed. report.py then makes the page.
set -euo pipefail

mkdir -p "$1"
out=$(cd "$1" && pwd)
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$top/build/cpu}
python=${PYTHON:-$top/.venv/bin/python}
export PYTHONPATH=$top/plots:$top/tests/detection
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=("--problems=$top/tests/detection/problems.csv" --side=cpu)
longer='(f32/nn/m(512|1024|2048)n|bf16/nn/m1024n|f32/nt/m(64|1024)n|b1000)' # 1 ms and more, nearly all
implementations='cpu/(packed|packed_bf16|openblas|onednn|onednn_packed)$'

# keep RUN NAME
keep() { "$python" -m pack "$1" "$out/$2.jsonl.gz"; }

for pair in {01..20}; do
  echo "A/A pair $pair of 20"
  for side in a b; do
    "$build/bin/gemm_bench" --preset=smoke --benchmark_repetitions=5 "${options[@]}" --seed="$pair" \
      --filter "(nn/m(256|512|1024)n|m16n4096).*$implementations" --run-out="$work/$pair-$side.jsonl" >/dev/null 2>&1
    keep "$work/$pair-$side.jsonl" "separate-$pair-$side"
  done
done

for session in noise planted_5 planted_10; do
  echo "Session $session"
  if [[ $session == noise ]]; then states=(--noise "$build/bin"); else states=("$build/bin" "$build/tests/$session"); fi
  # The gate of a planted slowdown ends with 1, as it should.
  "$top/breakeven" ab "${states[@]}" --no-cuda "${options[@]}" --preset=quick --filter="$longer.*$implementations" --out="$work/$session" \
    >"$work/$session.txt" || (($? == 1))
  for file in "$work/$session"/*/*/run.jsonl; do
    name=${file#"$work/$session/"}
    name=${name%/run.jsonl}
    keep "$file" "$session-${name//\//-}"
  done
done
cp "$work/planted_5/gate.md" "$out/planted_5.gate.md"
