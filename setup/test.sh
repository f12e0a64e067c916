# shellcheck shell=bash
# `./breakeven test`: the compiled tests, the same under sanitizers, and those in Python; their counts are added up at the end.

command_test() {
  local status=0 results workers
  no_operands test
  need_build
  need_packages tests
  need_cuda_headers
  need_python "" -test
  if [[ $preset == cuda ]]; then need_python -disassembly; fi
  results=$build/test-results
  rm -rf "$results"
  mkdir -p "$results"

  # Threads that wait for others do not spin: tests run side by side, and what spins takes the others' time.
  export OMP_WAIT_POLICY=${OMP_WAIT_POLICY-passive}

  note "== Compiled tests ($preset)"
  run_ctest "$preset" "$results/compiled.xml" || status=1

  note "== The same under AddressSanitizer and UndefinedBehaviorSanitizer"
  configure asan
  compile asan compiled_tests
  run_ctest asan "$results/sanitized.xml" || status=1

  note "== Tests in Python"
  workers=$(($(nproc) < 4 ? $(nproc) : 4)) # they run programs that use all cores
  BREAKEVEN_BUILD_DIR=$build PYTHONPATH=$top/plots "$venv/bin/python" -m pytest "$top/tests" --quiet \
    --numprocesses="$workers" --dist=loadfile --junitxml="$results/python.xml" || status=1

  "$venv/bin/python" "$top/setup/sum_up_tests.py" "$results"/{compiled,sanitized,python}.xml || status=1
  exit "$status"
}

# run_ctest PRESET RESULT_FILE
run_ctest() {
  # GCC 12's AddressSanitizer cannot place its shadow where the kernel randomises addresses by more than 28 bits.
  local -a fixed_addresses=()
  if [[ $1 == asan ]] && setarch -R true 2>/dev/null; then fixed_addresses=(setarch -R); fi
  # The thread pools of the libraries outlive main by design, which is no leak; and memory that does not suffice is
  # something the tests ask for on purpose. What passed is counted, not listed.
  ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=0:allocator_may_return_null=1} \
    "${fixed_addresses[@]}" ctest --test-dir "$top/build/$1" --parallel "$(nproc)" --output-on-failure --no-tests=error \
    --output-junit "$2" | grep -vE '^ *Start +[0-9]|  (Passed|\*\*\*Skipped)  |\(Skipped\)$|^Internal ctest|^The following tests did not run'
}
