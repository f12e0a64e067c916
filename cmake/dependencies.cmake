# Finds the libraries. Debian's packages, .deps/ and any CMAKE_PREFIX_PATH (conda, Spack, modules, Homebrew) are
# looked at alike; one that is missing is named together with the command that brings it on this system.

include(missing)
include(plain)
include(openblas)

if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/.deps/root/usr)
  # Before the system's folders, and after those a user names.
  list(PREPEND CMAKE_SYSTEM_PREFIX_PATH ${PROJECT_SOURCE_DIR}/.deps/root/usr)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

find_package(OpenMP QUIET COMPONENTS CXX)
breakeven_need(OpenMP_CXX_FOUND "OpenMP for ${CMAKE_CXX_COMPILER}" apt g++ dnf gcc-c++ conda cxx-compiler brew libomp)

breakeven_find_openblas()
breakeven_need(BREAKEVEN_OPENBLAS_LIBRARY "OpenBLAS (OpenMP variant)"
               apt libopenblas-openmp-dev dnf openblas-devel conda "'openblas=*=*openmp*'" brew openblas)

# Not through its package file: Debian's asks for OpenCL headers, which nothing here includes.
breakeven_find_plain(dnnl dnnl.hpp)
breakeven_need(dnnl_FOUND oneDNN apt libdnnl-dev dnf onednn-devel conda onednn brew onednn)

find_package(benchmark QUIET CONFIG)
breakeven_need(benchmark_FOUND "Google Benchmark"
               apt libbenchmark-dev dnf google-benchmark-devel conda benchmark brew google-benchmark)
find_package(fmt QUIET CONFIG)
breakeven_need(fmt_FOUND "{fmt}" apt libfmt-dev dnf fmt-devel conda fmt brew fmt)
find_package(nlohmann_json QUIET CONFIG)
breakeven_need(nlohmann_json_FOUND "nlohmann/json"
               apt nlohmann-json3-dev dnf json-devel conda nlohmann_json brew nlohmann-json)
find_package(CLI11 QUIET CONFIG)
breakeven_need(CLI11_FOUND CLI11 apt libcli11-dev dnf cli11-devel conda cli11 brew cli11)

breakeven_find_plain(hwloc hwloc.h)
breakeven_need(hwloc_FOUND hwloc apt libhwloc-dev dnf hwloc-devel conda libhwloc brew hwloc)

find_package(GTest QUIET)
breakeven_need(GTest_FOUND GoogleTest apt libgtest-dev dnf gtest-devel conda gtest brew googletest)

breakeven_report_missing()

# The libraries of our libraries (libgfortran of OpenBLAS, for one) live there too, and nothing else points at them.
if(CMAKE_LIBRARY_ARCHITECTURE AND IS_DIRECTORY ${PROJECT_SOURCE_DIR}/.deps/root/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
  list(APPEND CMAKE_BUILD_RPATH ${PROJECT_SOURCE_DIR}/.deps/root/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
endif()
