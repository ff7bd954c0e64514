# Options and compiler settings, set in this one place.

option(SPACEMOE_WITH_TORCH "Build what computes with libtorch" ON)
option(SPACEMOE_BUILD_TESTS "Build the tests" ON)
option(SPACEMOE_BUILD_BENCHMARKS "Build the benchmarks" OFF)
option(SPACEMOE_BUILD_FUZZERS "Build the libFuzzer targets (clang only)" OFF)
set(SPACEMOE_SANITIZE "" CACHE STRING "Sanitizers: empty, address or thread")
# What tests do themselves need not be fast: CI's presets compile it in half to
# two thirds of the time.
set(SPACEMOE_TEST_OPTIONS "" CACHE STRING "Compiler options of the tests, after all others")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(SPACEMOE_CCACHE ccache)
if(SPACEMOE_CCACHE)
  # Paths are made relative, so that another clone finds what this one built.
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
      CCACHE_NOHASHDIR=1 "${SPACEMOE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()

find_program(SPACEMOE_MOLD mold)
if(SPACEMOE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(SPACEMOE_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(SPACEMOE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(SPACEMOE_SANITIZE)
  message(FATAL_ERROR "SPACEMOE_SANITIZE is '${SPACEMOE_SANITIZE}'; expected address or thread")
endif()

if(SPACEMOE_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SPACEMOE_BUILD_FUZZERS needs clang; this is ${CMAKE_CXX_COMPILER_ID}")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

# Warnings for our own code; generated code is compiled without them.
set(SPACEMOE_WARNINGS -Wall -Wextra -Wno-sign-compare -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms on inlined vectors under -O3.
  list(APPEND SPACEMOE_WARNINGS -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  list(APPEND SPACEMOE_WARNINGS -Wthread-safety)
endif()
