# shellcheck shell=bash
# The system's packages: compiler, libraries, Python. On Debian and Ubuntu they are brought here; elsewhere CMake finds what
# modules, conda, Spack or Homebrew provide and names what it misses.

libraries=(libbenchmark-dev libopenblas-openmp-dev libdnnl-dev nlohmann-json3-dev libcli11-dev libfmt-dev libhwloc-dev
  libgtest-dev)
# What the tests need on top: the kernels are executed on the host.
test_libraries=(libboost-context-dev)

have() { command -v "$1" >/dev/null 2>&1; }

# missing_packages KIND...: prints which of the packages we need for compiling, for tests, or for Python, are not there.
missing_packages() {
  local need
  for need; do
    case $need in
      compiler)
        if [[ -z ${CXX-} ]] && ! have g++ && ! have clang++; then echo g++; fi
        # Too old a CMake, or none that apt may install, comes from PyPI later.
        if ! have cmake; then echo cmake; fi
        if ! have ninja; then echo ninja-build; fi
        ;;
      libraries) missing_libraries "${libraries[@]}" ;;
      tests) missing_libraries "${test_libraries[@]}" ;;
      python) if ! find_python >/dev/null; then echo python3-venv; fi ;;
      python_headers) echo python3-dev ;;
    esac
  done
}

# missing_libraries PACKAGE...: prints those that are neither installed nor unpacked.
missing_libraries() {
  local package installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package; do
    if [[ $'\n'$installed$'\n' != *$'\n'"installed $package"$'\n'* ]] && [[ ! -e $deps/root/usr/share/doc/$package ]]; then
      echo "$package"
    fi
  done
}

# need_packages KIND...: sees to it that the packages of these kinds (compiler, libraries, tests, python) are there.
need_packages() {
  local -a missing=() line=()
  # Whoever names a prefix has the libraries there, and wants no others; CMake says if one is missing.
  if ! have dpkg-query || ! have apt-get || [[ -n ${CMAKE_PREFIX_PATH-} ]]; then return; fi
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return; fi

  # --no-remove: apt rather gives up than takes away something a user has installed.
  line=(apt-get install -y --no-install-recommends --no-remove "${missing[@]}")
  if ((EUID == 0)); then
    quietly "apt: refreshing the package lists" apt-get update -q
    quietly "apt: installing ${missing[*]}" env DEBIAN_FRONTEND=noninteractive "${line[@]}"
  elif have sudo && ask_for_sudo "${line[@]}"; then
    quietly "apt: refreshing the package lists" sudo apt-get update -q
    quietly "apt: installing ${missing[*]}" sudo DEBIAN_FRONTEND=noninteractive "${line[@]}"
  else
    unpack_packages "${missing[@]}"
  fi
}

# ask_for_sudo COMMAND...: shows the line and asks; false if the answer is no or nobody can be asked.
ask_for_sudo() {
  note "Missing packages. This would install them:"
  note "  sudo $*"
  if ! confirm 'Run it? (Otherwise they are unpacked into .deps/, and the system stays as it is.)'; then return 1; fi
  if [[ -t 0 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi
}
