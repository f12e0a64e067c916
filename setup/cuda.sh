# shellcheck shell=bash
# Where nvcc comes from, if it comes at all.

# find_nvcc: prints the nvcc to use; false if there is none.
find_nvcc() {
  local candidate
  for candidate in "${CUDACXX-}" nvcc /usr/local/cuda/bin/nvcc "$deps/cuda/bin/nvcc"; do
    if [[ -n $candidate ]] && command -v "$candidate"; then return; fi
  done
  return 1
}

cuda_headers=$deps/cuda-headers

# has_driver: true where an NVIDIA driver is installed, whether or not a GPU answers.
has_driver() {
  [[ -e /proc/driver/nvidia/version || -e /usr/lib/wsl/lib/libcuda.so.1 ]] ||
    { have ldconfig && [[ $(ldconfig -p) == *libcuda.so.1* ]]; }
}

# What PyPI's toolkit needs.
least_driver=580

# driver_release FILE: the major version in the kernel module's version file; nothing if it does not say.
driver_release() { grep -oE ' [0-9]{3}\.[0-9.]+ ' "$1" 2>/dev/null | head -n 1 | sed -E 's/ ([0-9]+).*/\1/'; }

# choose_cuda: sets `preset` to cuda or cpu after --cuda, --no-cuda and what is here; brings the toolkit where it is wanted.
choose_cuda() {
  local release
  preset=cpu
  if [[ -n ${given[--no-cuda]-} ]]; then return; fi
  if [[ -n ${CUDACXX-} ]] && ! have "$CUDACXX"; then refuse "CUDACXX is '$CUDACXX', which is no program that can be run"; fi
  if find_nvcc >/dev/null; then
    preset=cuda
    return
  fi
  release=$(driver_release /proc/driver/nvidia/version || true)
  if [[ -z ${given[--cuda]-} && -n $release ]] && ((release < least_driver)); then
    note "The NVIDIA driver here is $release, and the toolkit that PyPI has needs $least_driver or newer: only the CPU half is built." \
      "Update the driver, or set CUDACXX to the nvcc of a toolkit that fits it."
  elif [[ -n ${given[--cuda]-} ]] || has_driver; then
    if [[ $(uname -m) != x86_64 && $(uname -m) != aarch64 ]]; then
      give_up "PyPI has no CUDA toolkit for $(uname -m): install one and set CUDACXX, or use --no-cuda"
    fi
    preset=cuda
  else
    note "No CUDA toolkit and no NVIDIA driver here: only the CPU half is built (--cuda brings the toolkit all the same)."
  fi
}

# need_toolkit: nvcc for the preset cuda; without one, the toolkit from PyPI goes into .deps/cuda (about 1.2 GB).
need_toolkit() {
  local packages=$deps/cuda-packages toolkit library
  if [[ $preset != cuda ]]; then return; fi
  if ! find_nvcc >/dev/null; then
    need_venv
    quietly "CUDA: fetching the toolkit from PyPI into .deps/ (0.5 GB)" "$venv/bin/python" -m pip install \
      --disable-pip-version-check --quiet --no-deps --upgrade --target "$packages" --requirement "$top/setup/requirements-cuda.txt"
    toolkit=$packages/nvidia/cu13
    # The wheels hold libX.so.N only, and compilers and CMake look for libX.so, in lib64.
    for library in "$toolkit"/lib/lib*.so.*; do ln -sf "${library##*/}" "${library%.so.*}.so"; done
    ln -sfn lib "$toolkit/lib64"
    ln -sfn "${toolkit#"$deps/"}" "$deps/cuda"
  fi
  CUDACXX=$(find_nvcc)
  export CUDACXX
}

# need_cudnn: cuDNN for the preset cuda; where neither the toolkit nor the system has it, PyPI's goes into .deps/cudnn (about 1 GB).
# Without it its rows are skipped.
need_cudnn() {
  local file=$top/setup/requirements-cudnn.txt packages=$deps/cudnn-packages toolkit folder release
  if [[ $preset != cuda ]] || cmp -s "$file" "$packages/installed"; then return; fi
  toolkit=$(dirname "$(readlink -f "$(command -v "$CUDACXX")")")/..
  for folder in "$toolkit"/include "$toolkit"/targets/*/include /usr/include /usr/include/*-linux-gnu; do
    if [[ -e $folder/cudnn_graph.h ]]; then return; fi
  done
  release=$("$CUDACXX" --version | sed -nE 's/.*release ([0-9]+)\..*/\1/p')
  if [[ $release != 13 ]]; then
    note "There is no cuDNN beside the toolkit, and this set-up brings it for CUDA 13 only: its rows are skipped."
    return
  fi
  need_venv
  rm -rf "$packages"
  if (quietly "CUDA: fetching cuDNN from PyPI into .deps/ (0.4 GB)" "$venv/bin/python" -m pip install \
    --disable-pip-version-check --quiet --no-deps --target "$packages" --requirement "$file"); then
    ln -sfn cudnn-packages/nvidia/cudnn "$deps/cudnn"
    cp "$file" "$packages/installed"
  else
    rm -rf "$packages"
    note "Without cuDNN its rows are skipped; everything else is built."
  fi
}

# need_cuda_headers: what executing the kernels on the host takes of CUDA, 3 MB from PyPI where there is no toolkit. Without
# them the rest is tested all the same.
need_cuda_headers() {
  local file=$top/setup/requirements-cuda-headers.txt
  if [[ $preset == cuda || -n ${given[--no-cuda]-} ]] || cmp -s "$file" "$cuda_headers/installed"; then return; fi
  if [[ $(uname -s) != Linux || ! $(uname -m) =~ ^(x86_64|aarch64)$ ]]; then return; fi
  need_venv
  rm -rf "$cuda_headers"
  if (quietly "CUDA: fetching its headers from PyPI into .deps/, to execute the kernels on the host" "$venv/bin/python" -m pip install \
    --disable-pip-version-check --quiet --no-deps --target "$cuda_headers" --requirement "$file"); then
    cp "$file" "$cuda_headers/installed"
  else
    rm -rf "$cuda_headers"
    note "The kernels are not executed on the host; everything else is tested."
  fi
}
