# shellcheck shell=bash
# The project's own Python in .venv, with pinned packages; PyTorch, which few want, in one apart.

# find_python: prints a Python of 3.11 or later that can make a virtual environment; false if there is none.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys, venv; sys.version_info >= (3, 11) or sys.exit(1)
try: import ensurepip; ensurepip.version()
except Exception: sys.exit(1)' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# need_venv: sees to it that .venv/ exists and runs.
need_venv() {
  local python
  if [[ -x $venv/bin/python ]] && "$venv/bin/python" -c 'import pip' 2>/dev/null; then return; fi
  if ! python=$(find_python); then
    give_up "no Python of 3.11 or later with its venv module: install one (apt: python3-venv; dnf: python3; conda: python)"
  fi
  rm -rf "$venv"
  quietly "Python: making ${venv##*/} with $python" "$python" -m venv "$venv"
}

# need_python REQUIREMENTS...: sees to it that .venv/ holds what setup/requirements<REQUIREMENTS>.txt pins.
need_python() {
  local name file
  need_venv
  for name; do
    file=$top/setup/requirements$name.txt
    if ! cmp -s "$file" "$venv/requirements$name.installed"; then
      quietly "Python: installing setup/requirements$name.txt into ${venv##*/}" \
        "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$file"
      cp "$file" "$venv/requirements$name.installed"
    fi
  done
}

# need_pytorch: .venv-pytorch/ with PyTorch, and what torch.compile needs: Python's headers, beside the compiler that is there.
need_pytorch() {
  local venv=$pytorch_venv
  need_python -pytorch
  if has_python_headers; then return; fi
  need_packages python_headers
  if ! has_python_headers; then
    give_up "PyTorch compiles with Python's headers, which $(readlink -f "$venv/bin/python") has not: install them (apt: python3-dev)"
  fi
}

# has_python_headers: whether the Python of .venv-pytorch can be compiled against.
has_python_headers() {
  "$pytorch_venv/bin/python" -c 'import os.path, sys, sysconfig
sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'
}

# need_cmake: CMake 3.25 or later and Ninja, from PyPI where the system has none.
need_cmake() {
  local packages
  if [[ -e $venv/tools ]]; then PATH=$venv/tools:$PATH; fi
  if have ninja && cmake --version 2>/dev/null | awk '/^cmake version/ { split($3, v, "."); exit !(v[1] > 3 || v[1] == 3 && v[2] >= 25) }'; then
    return
  fi
  need_python -build
  packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  mkdir -p "$venv/tools"
  # The programs themselves, not pip's Python scripts around them.
  ln -sf "$packages"/cmake/data/bin/{cmake,ctest} "$venv/bin/ninja" "$venv/tools/"
  PATH=$venv/tools:$PATH
}
