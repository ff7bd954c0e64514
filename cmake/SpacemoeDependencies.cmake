# Every library that the project stands on, found in one place.

find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Protobuf REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
# Asio and Beast, headers alone.
find_package(Boost 1.74 REQUIRED CONFIG)
pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(ONIGURUMA REQUIRED IMPORTED_TARGET oniguruma)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
find_program(SPACEMOE_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

if(SPACEMOE_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(SPACEMOE_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# libtorch: only ATen and the operator registry are used. Debian's TorchConfig
# works, and so does the libtorch of pytorch.org (CMAKE_PREFIX_PATH).
if(SPACEMOE_WITH_TORCH)
  find_library(SPACEMOE_TORCH_CPU torch_cpu REQUIRED)
  find_library(SPACEMOE_TORCH torch REQUIRED)
  find_library(SPACEMOE_C10 c10 REQUIRED)
  find_path(SPACEMOE_TORCH_INCLUDE ATen/ATen.h PATH_SUFFIXES torch include REQUIRED)
  find_path(SPACEMOE_TORCH_LIBRARY_INCLUDE torch/library.h PATH_SUFFIXES torch include REQUIRED)
  add_library(spacemoe_torch INTERFACE)
  add_library(spacemoe::torch ALIAS spacemoe_torch)
  target_include_directories(spacemoe_torch SYSTEM INTERFACE
    "${SPACEMOE_TORCH_INCLUDE}" "${SPACEMOE_TORCH_LIBRARY_INCLUDE}")
  target_link_libraries(spacemoe_torch INTERFACE
    -Wl,--no-as-needed "${SPACEMOE_TORCH_CPU}" -Wl,--as-needed "${SPACEMOE_TORCH}" "${SPACEMOE_C10}")
endif()
