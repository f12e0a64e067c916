# shellcheck shell=bash
# From sources to programs: everything the set-up has to see to before, then CMake and Ninja.

# need_build [TARGET...]: sets `preset` and `build`, and makes sure the programs (or only these targets) are current.
need_build() {
  prepare
  configure "$preset"
  compile "$preset" "$@"
}

# prepare: compiler, libraries, Python, CMake and, where it belongs, the CUDA toolkit.
prepare() {
  choose_cuda
  use_unpacked
  need_packages compiler libraries python
  if [[ -z ${CXX-} ]] && ! have c++ && ! have g++ && ! have clang++; then
    give_up "no C++ compiler: install GCC 11 or later, or Clang (apt: g++; dnf: gcc-c++; conda: cxx-compiler), or set CXX"
  fi
  need_cmake
  need_toolkit
  need_cudnn
  build=$top/build/$preset
}

# configure PRESET: runs CMake if it never ran, or ran with another preset, compiler, toolkit or search path.
configure() {
  local directory=$top/build/$1 key architectures=()
  key="$(command -v cmake) $(cksum <"$top/CMakePresets.json") ${CXX-} ${CUDACXX-} ${CMAKE_PREFIX_PATH-} ${BREAKEVEN_CUDA_ARCHITECTURES-} ${BREAKEVEN_WERROR-}"
  if [[ $1 == asan && -e $cuda_headers/installed ]]; then key+=" headers"; fi # no other preset asks for them
  if [[ $1 == cuda && -e $deps/cudnn-packages/installed ]]; then key+=" cudnn"; fi
  key=${key//"$top"/.} # the tests run this from links to the tree, whose tools are the same
  if [[ -e $directory/build.ninja && -e $directory/configured-with && $(<"$directory/configured-with") == "$key" ]]; then return; fi
  architectures=("-DBREAKEVEN_CUDA_ARCHITECTURES=${BREAKEVEN_CUDA_ARCHITECTURES-}")
  mkdir -p "$top/build"
  rm -f "$directory/configured-with"
  note "CMake: configuring build/$1 …"
  # In a subshell: the user's relative paths must go on meaning the same.
  if ! (cd "$top" && cmake --fresh --preset "$1" "${architectures[@]}" "-DBREAKEVEN_WERROR=${BREAKEVEN_WERROR-OFF}") >"$directory.log" 2>&1; then
    # CMake's own words come first: they name what is missing and how to get it.
    sed -n '/^CMake Error/,$p' "$directory.log" >&2
    give_up "CMake could not configure build/$1; all of its output is in $directory.log"
  fi
  mv "$directory.log" "$directory/configure.log"
  printf '%s' "$key" >"$directory/configured-with"
}

# compile PRESET [TARGET...]: on a terminal one line shows how far it is; the log holds it all.
compile() {
  local directory=$top/build/$1 started=$SECONDS line
  local -a command=(cmake --build "$top/build/$1")
  if (($# > 1)); then command+=(--target "${@:2}"); fi
  if ! "${command[@]}" 2>&1 | tee "$directory/build.log" | show_progress; then
    grep -vE '^\[[0-9]+/[0-9]+\]' "$directory/build.log" | head -n 60 >&2
    give_up "the build in build/$1 failed; all of its output is in build/$1/build.log"
  fi
  if ((SECONDS - started > 2)); then note "Built build/$1 in $((SECONDS - started)) s"; fi
}

# show_progress: turns Ninja's lines into one that changes in place; says nothing where there is no terminal.
show_progress() {
  local line
  while IFS= read -r line; do
    if [[ -t 2 ]]; then printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2; fi
  done
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}
