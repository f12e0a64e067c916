# Targets for the rooms of the house. Sources are found by pattern, relative to the root and at any depth, so that a new
# kernel is a new file; a room that has no source yet is an interface library and links as if it had.

# Sources that only make sense with CUDA are named cuda_*; what belongs to the execution of kernels on the host is in folders
# named host, which say themselves how they are built.
function(breakeven_sources result)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ARGN})
  list(FILTER sources EXCLUDE REGEX "/kernels/host/")
  if(NOT BREAKEVEN_HAS_CUDA)
    list(FILTER sources EXCLUDE REGEX "/cuda_[^/]*$")
  endif()
  set(${result} "${sources}" PARENT_SCOPE)
endfunction()

# breakeven_library(<name> <pattern>...): sets <name>_scope to the keyword its usage requirements take.
function(breakeven_library name)
  breakeven_sources(sources ${ARGN})
  if(sources)
    set(scope PUBLIC)
    add_library(${name} STATIC ${sources})
  else()
    set(scope INTERFACE)
    add_library(${name} INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} ${scope} BREAKEVEN_LISTS_DIR="${PROJECT_SOURCE_DIR}/operations/lists"
                             BREAKEVEN_DATA_DIR="${PROJECT_SOURCE_DIR}/operations/data")
  set(${name}_scope ${scope} PARENT_SCOPE)
endfunction()

# breakeven_program(<source>): one program with everything linked, named after its file.
function(breakeven_program source)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE training harness cpu_reference operations)
  if(BREAKEVEN_HAS_CUDA)
    target_link_libraries(${name} PRIVATE kernels)
  endif()
endfunction()

# breakeven_programs(<result> <pattern>): a program for each file directly in the pattern's folder.
function(breakeven_programs result)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/)
  file(GLOB sources CONFIGURE_DEPENDS ${ARGN})
  set(names "")
  foreach(source ${sources})
    breakeven_program(${source})
    get_filename_component(name ${source} NAME_WE)
    list(APPEND names ${name})
  endforeach()
  set(${result} "${names}" PARENT_SCOPE)
endfunction()
