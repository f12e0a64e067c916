# OpenBLAS, the OpenMP variant: beside oneDNN the pthread variant has two thread pools fight for the cores (twenty times
# slower was seen). Debian's alternatives and find_package(OpenBLAS) prefer pthread where both are installed, and all
# variants share one SONAME, so the directory is named explicitly here and goes into the RPATH.
function(breakeven_find_openblas)
  # Debian: openblas-openmp/libopenblas.so; Fedora: libopenblaso.so; elsewhere there is one variant only.
  find_library(BREAKEVEN_OPENBLAS_LIBRARY NAMES openblas PATH_SUFFIXES openblas-openmp NO_CACHE)
  if(NOT BREAKEVEN_OPENBLAS_LIBRARY MATCHES "openblas-openmp")
    find_library(openblas_o NAMES openblaso NO_CACHE)
    if(openblas_o)
      set(BREAKEVEN_OPENBLAS_LIBRARY ${openblas_o})
    endif()
  endif()
  find_path(BREAKEVEN_OPENBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas-openmp openblas)
  mark_as_advanced(BREAKEVEN_OPENBLAS_INCLUDE_DIR)
  if(NOT BREAKEVEN_OPENBLAS_LIBRARY OR NOT BREAKEVEN_OPENBLAS_INCLUDE_DIR)
    set(BREAKEVEN_OPENBLAS_LIBRARY "" PARENT_SCOPE)
    return()
  endif()
  set(BREAKEVEN_OPENBLAS_LIBRARY ${BREAKEVEN_OPENBLAS_LIBRARY} PARENT_SCOPE)
  message(STATUS "OpenBLAS: ${BREAKEVEN_OPENBLAS_LIBRARY}")

  get_filename_component(directory ${BREAKEVEN_OPENBLAS_LIBRARY} DIRECTORY)
  add_library(breakeven::openblas UNKNOWN IMPORTED GLOBAL)
  set_target_properties(breakeven::openblas PROPERTIES IMPORTED_LOCATION ${BREAKEVEN_OPENBLAS_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${BREAKEVEN_OPENBLAS_INCLUDE_DIR})
  # CMake leaves directories of the system's linker out of the RPATH, and would rely on the alternatives.
  set(CMAKE_BUILD_RPATH ${directory} ${CMAKE_BUILD_RPATH} PARENT_SCOPE)
endfunction()
