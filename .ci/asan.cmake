# cmake -C .ci/asan.cmake -G Ninja -B build/asan
# clang, so that every line is also read by a second compiler.
set(CMAKE_C_COMPILER clang-14 CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(SUANDIAN_SANITIZE address CACHE STRING "")
set(SUANDIAN_WERROR ON CACHE BOOL "")
