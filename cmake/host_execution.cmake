# Whether this build also compiles the kernels for the host and executes them there (kernels/host/): under sanitizers, which
# find the defects, and in Debug, for a debugger. It needs CUDA's headers and Boost.Context, and neither nvcc nor a GPU.
# Sets BREAKEVEN_HOST_EXECUTION, and BREAKEVEN_NO_HOST_EXECUTION to the reason where it was wanted and cannot be.

set(BREAKEVEN_HOST_EXECUTION 0)
set(BREAKEVEN_NO_HOST_EXECUTION "")
if(BREAKEVEN_SANITIZE MATCHES "address" OR (NOT BREAKEVEN_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Debug"))
  if(DEFINED ENV{CUDACXX})
    get_filename_component(nvcc "$ENV{CUDACXX}" REALPATH)
    get_filename_component(toolkit ${nvcc}/../.. ABSOLUTE)
  endif()
  find_path(BREAKEVEN_CUDA_HEADERS crt/host_defines.h
            HINTS ${CUDAToolkit_INCLUDE_DIRS} ${toolkit}/include ${PROJECT_SOURCE_DIR}/.deps/cuda/include
                  ${PROJECT_SOURCE_DIR}/.deps/cuda-headers/nvidia/cu13/include /usr/local/cuda/include)
  mark_as_advanced(BREAKEVEN_CUDA_HEADERS)
  find_package(Boost QUIET COMPONENTS context)
  set(missing "") # without a semicolon: it goes into a compile definition
  if(NOT BREAKEVEN_CUDA_HEADERS)
    set(missing "no CUDA headers (crt/host_defines.h) in /usr/local/cuda/include or .deps/")
  elseif(NOT Boost_CONTEXT_FOUND)
    set(missing "no Boost.Context (apt: libboost-context-dev, dnf: boost-devel, conda: libboost-devel, brew: boost)")
  endif()
  if(missing)
    set(BREAKEVEN_NO_HOST_EXECUTION "kernels are not executed on the host: ${missing}")
    message(STATUS "${BREAKEVEN_NO_HOST_EXECUTION}")
  else()
    set(BREAKEVEN_HOST_EXECUTION 1)
  endif()
endif()
