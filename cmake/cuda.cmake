# Decides whether the CUDA half is built (BREAKEVEN_HAS_CUDA) and for which architectures.

include(CheckLanguage)

# The compute capabilities of the visible GPUs as real architectures, lowest first. Hopper and later keep their best
# instructions behind the `a` suffix, which only exists for code that runs on exactly that chip. PTX of the lowest comes
# with them, without a suffix for the same reason: the driver compiles it for a GPU that is only there later.
function(breakeven_native_architectures result)
  find_program(BREAKEVEN_NVIDIA_SMI nvidia-smi)
  mark_as_advanced(BREAKEVEN_NVIDIA_SMI)
  set(found "")
  if(BREAKEVEN_NVIDIA_SMI)
    execute_process(COMMAND ${BREAKEVEN_NVIDIA_SMI} --query-gpu=compute_cap --format=csv,noheader
                    OUTPUT_VARIABLE output ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 0)
      string(REGEX MATCHALL "[0-9]+\\.[0-9]" found "${output}")
      list(TRANSFORM found REPLACE "\\." "")
      list(TRANSFORM found REPLACE "^90$" "90a")
      list(TRANSFORM found APPEND "-real")
      list(REMOVE_DUPLICATES found)
      list(SORT found COMPARE NATURAL)
    endif()
  endif()
  if(found)
    list(GET found 0 lowest)
    string(REGEX REPLACE "a?-real$" "-virtual" lowest "${lowest}")
    list(APPEND found "${lowest}")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# Without a GPU to look at: machine code for the generations that are measured most, and PTX of the oldest one,
# which the driver compiles for every other GPU from there on.
function(breakeven_portable_architectures result)
  set(list 75-real 80-real 90a-real)
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 12.8)
    list(APPEND list 100-real 120-real)
  endif()
  # cp.async is not in the oldest: where it is wanted, newer GPUs take the younger one.
  list(APPEND list 75-virtual 80-virtual)
  set(${result} "${list}" PARENT_SCOPE)
endfunction()

set(BREAKEVEN_HAS_CUDA 0)
if(NOT BREAKEVEN_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "BREAKEVEN_CUDA is '${BREAKEVEN_CUDA}': it must be AUTO, ON or OFF")
endif()
if(NOT BREAKEVEN_CUDA STREQUAL "OFF")
  list(APPEND CMAKE_PREFIX_PATH /usr/local/cuda)
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    find_program(BREAKEVEN_NVCC nvcc HINTS ${PROJECT_SOURCE_DIR}/.deps/cuda/bin /usr/local/cuda/bin)
    mark_as_advanced(BREAKEVEN_NVCC)
    if(BREAKEVEN_NVCC)
      set(CMAKE_CUDA_COMPILER ${BREAKEVEN_NVCC})
    endif()
  endif()
  # nvcc must hand its host code to the compiler that builds the rest.
  set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER} CACHE FILEPATH "Host compiler of nvcc")
  # Only so that the compiler check has something to compile for; each target gets its list below.
  set(CMAKE_CUDA_ARCHITECTURES 75)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(BREAKEVEN_HAS_CUDA 1)
  elseif(BREAKEVEN_CUDA STREQUAL "ON")
    message(FATAL_ERROR "BREAKEVEN_CUDA is ON but no nvcc works: looked at CUDACXX, PATH, .deps/cuda and /usr/local/cuda. "
                        "Set CUDACXX, run './breakeven build --cuda' (toolkit from PyPI), or use the preset cpu.")
  endif()
endif()

if(BREAKEVEN_HAS_CUDA)
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake before 3.25.2 does not know that nvcc 12 and later has it
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  endif()
  set(CMAKE_CUDA_STANDARD 20)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(architectures "${BREAKEVEN_CUDA_ARCHITECTURES}")
  if(architectures STREQUAL "" OR architectures STREQUAL "native")
    breakeven_native_architectures(architectures)
    if(NOT architectures AND BREAKEVEN_CUDA_ARCHITECTURES STREQUAL "native")
      message(FATAL_ERROR "BREAKEVEN_CUDA_ARCHITECTURES is native, but nvidia-smi shows no GPU: name them, for example 80;90a")
    endif()
  endif()
  if(NOT architectures)
    breakeven_portable_architectures(architectures)
  endif()
  set(CMAKE_CUDA_ARCHITECTURES "${architectures}")
  # Machine code for many GPUs is alike and packs to a seventh. Drivers before CUDA 12.4's cannot unpack it; those that run
  # programs of CUDA 13 all can.
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 13.0)
    add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:--compress-mode=size>)
  endif()
  message(STATUS "CUDA ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
else()
  message(STATUS "CUDA: not built, only the CPU half")
endif()
add_compile_definitions(BREAKEVEN_CUDA=${BREAKEVEN_HAS_CUDA} BREAKEVEN_VERSION="${PROJECT_VERSION}")
