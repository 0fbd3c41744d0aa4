# Thin: what each target does is in .ci/ and CMakeLists.txt.  Every target installs the Debian
# packages that it needs (.ci/packages.txt) if they are not there.
PREFIX ?= /usr/local

.DEFAULT_GOAL := help
.PHONY: help demo test torture bench build package format install clean packages

help:
	@echo 'make demo     build, and run one simulated day of two sites: jobs that move, a shared limit, an event'
	@echo 'make test     every check: builds, tests, sanitizers, format, lint, shape of the code'
	@echo 'make torture  long runs of the same: kills, faults, seeds'
	@echo 'make bench    benchmarks, as ratios against a reference of the same run'
	@echo 'make build    release build in build/release'
	@echo 'make package  the Debian package, in build/package'
	@echo 'make format   rewrite the layout of the C files'
	@echo 'make install  install the release build (PREFIX=$(PREFIX), DESTDIR=$(DESTDIR))'
	@echo 'make clean    remove build/'

packages:
	@.ci/install-packages

build:
	@.ci/install-packages build
	@.ci/build release

demo: build
	@tests/integration/demo.sh build/release

test: packages
	@.ci/test

torture: packages build
	@SUANDIAN_TORTURE=1 ctest --test-dir build/release -L torture --no-tests=error --output-on-failure

bench: packages build
	@.ci/bench build/release

package: packages build
	@cpack --config build/release/CPackConfig.cmake -B build/package

format: packages
	@.ci/format --fix

install: build
	@DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build
