# breakeven::revision gives "generated/revision.h" with BREAKEVEN_REVISION, the commit that is being built (with -dirty where
# it was changed). It is looked up at every build and rewritten only if it differs, so that it rebuilds nothing else.
find_package(Git QUIET)
set(revision_dir ${PROJECT_BINARY_DIR}/generated)
add_custom_target(breakeven_revision
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${revision_dir}/generated/revision.h
          -DGIT=${GIT_EXECUTABLE} -P ${PROJECT_SOURCE_DIR}/cmake/write_revision.cmake
  BYPRODUCTS ${revision_dir}/generated/revision.h
  COMMENT "Looking up the revision")
add_library(breakeven_revision_header INTERFACE)
add_library(breakeven::revision ALIAS breakeven_revision_header)
add_dependencies(breakeven_revision_header breakeven_revision)
target_include_directories(breakeven_revision_header INTERFACE ${revision_dir})
