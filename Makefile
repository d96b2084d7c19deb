# SPDX-License-Identifier: 0BSD
# The commands of this repository; `make help` lists them.
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
BUILD := build/release

.PHONY: help
help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: quickstart
quickstart: ## see a rollout, from nothing: install, build, control plane, controller, examples/hello
	@tools/quickstart up

.PHONY: quickstart-down
quickstart-down: ## stop and remove all that `make quickstart` started
	@tools/quickstart down

.PHONY: test
test: deps build testcluster companions tools ## every test: unit, conformance, differential, control plane, cluster
	ctest --preset release -j$(JOBS)
	go test -C testcluster/flux -trimpath ./registry
	go test -C testcluster/s3 -trimpath ./mirror
	cd testcluster && go test -trimpath ./... && TESTCLUSTER=$(CURDIR)/build/testcluster/testcluster go test -trimpath -tags cluster ./selftest
	tests/cluster/run

.PHONY: unit
unit: build ## unit and conformance tests only (seconds, once built)
	ctest --preset release -j$(JOBS)

.PHONY: check
check: deps ## what CI runs: lint, build, all tests, unit tests with sanitizers
	.ci/run

.PHONY: lint
lint: ## the source rules: layers, sizes, words, format, shell
	tools/lint/run

.PHONY: sanitize
sanitize: ## unit tests with AddressSanitizer and UndefinedBehaviorSanitizer
	cmake --preset dev
	cmake --build --preset dev -j$(JOBS)
	ctest --preset dev -j$(JOBS)

.PHONY: tsan
tsan: ## unit tests with ThreadSanitizer
	cmake --preset tsan
	cmake --build --preset tsan -j$(JOBS)
	ctest --preset tsan -j$(JOBS)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_SECONDS (60)
	tests/fuzz/run $(or $(FUZZ_SECONDS),60)

.PHONY: bench
bench: deps build testcluster ## measure against the budgets
	bench/run

.PHONY: format
format: ## lay out all C++ sources with clang-format
	git ls-files 'src/*.hpp' 'src/*.cpp' 'tests/*.cpp' 'bench/*.cpp' | xargs clang-format-19 -i

.PHONY: clean
clean: ## remove all build output
	rm -rf build

.PHONY: build
build: $(BUILD)/build.ninja ## build the programs and unit tests
	cmake --build --preset release -j$(JOBS)

$(BUILD)/build.ninja: CMakeLists.txt CMakePresets.json
	cmake --preset release

.PHONY: testcluster
testcluster: ## build the control plane for tests (minutes when cold, a second when warm)
	testcluster/build.sh build/testcluster/testcluster

.PHONY: companions
companions: ## build what cluster tests use beside it: source-controller, registry, S3 (minutes when cold)
	testcluster/build.sh --companions build/testcluster

.PHONY: tools
tools: ## build programs of others that tests use: sops, age-keygen (minutes when cold)
	tests/tools/build.sh build/tools

.PHONY: deps
deps:
	@tools/install-deps
