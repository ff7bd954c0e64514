# The Debian packages that the project needs, for Debian 12 and 13 (the names
# are the same in both). Sourced, not run.

# Building and testing.
packages_build="
  ccache cmake g++ make mold ninja-build pkgconf
  libabsl-dev libboost-dev libcli11-dev libgmock-dev libgrpc++-dev libgtest-dev
  libhwy-dev libonig-dev libprotobuf-dev libssl-dev libtorch-dev libutf8proc-dev
  libyaml-cpp-dev prometheus-cpp-dev zlib1g-dev
  nlohmann-json3-dev protobuf-compiler protobuf-compiler-grpc
  libopenblas0-pthread
  python3 xz-utils
"

# Benchmarks: Google Benchmark, and a virtual environment for llama.cpp.
packages_bench="libbenchmark-dev libopenblas-pthread-dev python3-venv"

# A container engine, and an image's base where no registry answers.
packages_cluster="debootstrap docker.io docker-compose"

# Formatting and fuzzing.
packages_format="clang-format"
packages_fuzz="clang"
