# breakeven_find_plain(<name> <header>): a library that is found by its header and file alone, as the target
# breakeven::<name>; sets <name>_FOUND.
macro(breakeven_find_plain name header)
  find_path(BREAKEVEN_${name}_INCLUDE_DIR ${header})
  find_library(BREAKEVEN_${name}_LIBRARY ${name})
  mark_as_advanced(BREAKEVEN_${name}_INCLUDE_DIR BREAKEVEN_${name}_LIBRARY)
  if(BREAKEVEN_${name}_INCLUDE_DIR AND BREAKEVEN_${name}_LIBRARY)
    set(${name}_FOUND TRUE)
    add_library(breakeven::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(breakeven::${name} PROPERTIES IMPORTED_LOCATION ${BREAKEVEN_${name}_LIBRARY}
                          INTERFACE_INCLUDE_DIRECTORIES ${BREAKEVEN_${name}_INCLUDE_DIR})
  endif()
endmacro()
