# cmake -C .ci/release.cmake -G Ninja -B build/release
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(SUANDIAN_SANITIZE "" CACHE STRING "")
set(SUANDIAN_WERROR ON CACHE BOOL "")
