# One helper for libraries, one for programs, one for tests, one for messages.

# Without libtorch (SPACEMOE_WITH_TORCH=OFF) a target that needs it, or needs
# another that does, is declared but neither linked nor built. Sets `result`
# when that is so of `target`.
function(spacemoe_leave_out target deps result)
  set(${result} OFF PARENT_SCOPE)
  if(SPACEMOE_WITH_TORCH)
    return()
  endif()
  get_property(left_out GLOBAL PROPERTY SPACEMOE_LEFT_OUT)
  list(APPEND left_out spacemoe::torch spacemoe::ops spacemoe::engine)
  string(REGEX REPLACE "^spacemoe_" "" alias "${target}")
  foreach(dep IN LISTS deps)
    if(dep IN_LIST left_out)
      set_property(GLOBAL APPEND PROPERTY SPACEMOE_LEFT_OUT "spacemoe::${alias}")
      set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
      set(${result} ON PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# spacemoe_library(name SRCS ... HDRS ... DEPS ...) -> spacemoe::name
function(spacemoe_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;HDRS;DEPS" ${ARGN})
  set(target "spacemoe_${name}")
  if(ARG_SRCS)
    add_library(${target} STATIC ${ARG_SRCS} ${ARG_HDRS})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_compile_options(${target} PRIVATE ${SPACEMOE_WARNINGS})
    set(visibility PUBLIC)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}")
    set(visibility INTERFACE)
  endif()
  add_library(spacemoe::${name} ALIAS ${target})
  spacemoe_leave_out(${target} "${ARG_DEPS}" left_out)
  if(NOT left_out)
    target_link_libraries(${target} ${visibility} ${ARG_DEPS} Threads::Threads)
  endif()
endfunction()

# spacemoe_program(name SRCS ... DEPS ...) -> build/<preset>/bin/name
function(spacemoe_program name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${name} PRIVATE ${SPACEMOE_WARNINGS})
  spacemoe_leave_out(${name} "${ARG_DEPS}" left_out)
  if(NOT left_out)
    target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  endif()
endfunction()

# spacemoe_test(name LABELS unit SRCS ... DEPS ... [TIMEOUT seconds] [SERIAL])
# One GoogleTest program, one CTest entry. Labels: unit, conformance,
# integration, e2e, slow.
function(spacemoe_test name)
  cmake_parse_arguments(ARG "SERIAL" "TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${name} PRIVATE ${SPACEMOE_WARNINGS} ${SPACEMOE_TEST_OPTIONS})
  target_compile_definitions(${name} PRIVATE
    SPACEMOE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SPACEMOE_TESTDATA="${PROJECT_SOURCE_DIR}/tests/testdata"
    SPACEMOE_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  set(needs ${ARG_DEPS})
  if("e2e" IN_LIST ARG_LABELS)
    list(APPEND needs spacemoe::engine)  # the programs do
  endif()
  spacemoe_leave_out(${name} "${needs}" left_out)
  if(left_out)
    return()
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(SPACEMOE_SANITIZE)  # all is slower by so much, TSan's kernels most
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 8")
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
  if(ARG_SERIAL)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()

# spacemoe_proto(name PROTOS ...) compiles messages and gRPC services.
function(spacemoe_proto name)
  cmake_parse_arguments(ARG "" "" "PROTOS" ${ARGN})
  set(generated)
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" base "${proto}")
    set(outputs)
    foreach(suffix pb.cc pb.h grpc.pb.cc grpc.pb.h)
      list(APPEND outputs "${PROJECT_BINARY_DIR}/generated/${base}.${suffix}")
    endforeach()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CMAKE_COMMAND} -E make_directory "${PROJECT_BINARY_DIR}/generated"
      COMMAND protobuf::protoc
              --proto_path=${CMAKE_CURRENT_SOURCE_DIR}
              --cpp_out=${PROJECT_BINARY_DIR}/generated
              --grpc_out=${PROJECT_BINARY_DIR}/generated
              --plugin=protoc-gen-grpc=${SPACEMOE_GRPC_CPP_PLUGIN}
              ${CMAKE_CURRENT_SOURCE_DIR}/${proto}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${proto}
      VERBATIM)
    list(APPEND generated ${outputs})
  endforeach()
  add_library(spacemoe_${name} STATIC ${generated})
  target_include_directories(spacemoe_${name} SYSTEM PUBLIC "${PROJECT_BINARY_DIR}/generated")
  target_link_libraries(spacemoe_${name} PUBLIC protobuf::libprotobuf PkgConfig::GRPCPP Threads::Threads)
  add_library(spacemoe::${name} ALIAS spacemoe_${name})
endfunction()
