# The commands that people type. Each does its own set-up: missing Debian
# packages are installed (saying so), then CMake and Ninja do what is left.

PROGRAMS := spacemoe spacemoe-coordinator spacemoe-satellite
BENCHMARKS := kernels_benchmark engine_benchmark

# Compilers at once; make JOBS=8 overrides.
JOBS ?= $(shell tools/jobs.sh)
export JOBS

.DEFAULT_GOAL := help
.PHONY: help demo build test sanitize sanitize-core sanitize-address \
        sanitize-thread cluster-test bench format format-check fuzz clean setup

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install missing Debian packages (every other command does it too)
	@tools/install_packages.sh build

demo: setup ## Build, and chat with a model that runs across 270 satellites
	@tools/build.sh release $(PROGRAMS)
	@build/release/bin/spacemoe demo

build: setup ## Build the programs into build/release/bin/
	@tools/build.sh release $(PROGRAMS)

test: setup ## Build everything and run all tests
	@tools/build.sh release
	@ctest --preset release -j $(JOBS) --no-label-summary

sanitize: sanitize-address sanitize-thread ## All tests under ASan and UBSan, then under TSan

sanitize-core: setup ## ASan and UBSan on what needs no libtorch
	@tools/sanitize.sh core

sanitize-address: setup ## ASan and UBSan on everything
	@tools/sanitize.sh address

sanitize-thread: setup ## TSan on everything
	@tools/sanitize.sh thread

cluster-test: build ## Bring clusters of containers up and try them (needs root)
	@tools/cluster_test.sh $(if $(IF_POSSIBLE),--if-possible)

bench: ## Measure speed and memory: the README's table
	@tools/install_packages.sh build bench
	@tools/build.sh release -DSPACEMOE_BUILD_BENCHMARKS=ON $(PROGRAMS) $(BENCHMARKS)
	@python3 benchmarks/run.py

format: ## Format the sources with clang-format
	@tools/install_packages.sh format
	@tools/format.sh

format-check: ## Say which sources are not formatted
	@tools/format.sh --check

fuzz: ## Fuzz every parser of outside bytes (SECONDS=60 each)
	@tools/install_packages.sh build fuzz
	@tools/fuzz.sh $(or $(SECONDS),60)

clean: ## Remove build/
	@rm -rf build
