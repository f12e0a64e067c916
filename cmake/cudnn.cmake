# Decides whether the CUDA half is built with cuDNN (BREAKEVEN_HAS_CUDNN). It is opened at run time: only its headers are
# needed here.
set(BREAKEVEN_HAS_CUDNN 0)
if(BREAKEVEN_HAS_CUDA)
  find_path(BREAKEVEN_CUDNN_HEADERS cudnn_graph.h
            HINTS ${CUDAToolkit_INCLUDE_DIRS} ${PROJECT_SOURCE_DIR}/.deps/cudnn/include)
  mark_as_advanced(BREAKEVEN_CUDNN_HEADERS)
  if(BREAKEVEN_CUDNN_HEADERS)
    set(BREAKEVEN_HAS_CUDNN 1)
    message(STATUS "cuDNN: ${BREAKEVEN_CUDNN_HEADERS}")
  else()
    message(STATUS "cuDNN: not built, no cudnn_graph.h beside the toolkit's headers or in .deps/cudnn")
  endif()
endif()
