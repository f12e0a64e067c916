#!/bin/bash
# Measures one node per task of a Slurm array with the relocatable bundle, for a fleet whose results `compare` joins:
#
#   ./breakeven bundle --out breakeven.tar.gz && tar xf breakeven.tar.gz       # once, on a machine with a compiler
#   BREAKEVEN=$PWD/breakeven-*/run RUNS=$PWD/runs sbatch slurm-array.sh
#   ./breakeven compare runs/*                                                 # when all tasks are done
#
#SBATCH --job-name=breakeven
#SBATCH --array=0-3
#SBATCH --nodes=1
#SBATCH --exclusive
#SBATCH --time=00:30:00
# A GPU partition adds: #SBATCH --gres=gpu:1, and BENCH_OPTIONS=--require-cuda
set -euo pipefail

runs=${RUNS:-runs}
mkdir -p "$runs"
# shellcheck disable=SC2086 # options are words
"${BREAKEVEN:-./run}" bench --preset "${PRESET:-quick}" --filter "${FILTER:-.}" ${BENCH_OPTIONS:-} \
  --out "$runs/$(uname -n | cut -d. -f1)-${SLURM_ARRAY_TASK_ID:-0}"
