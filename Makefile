# The two commands that a newcomer needs are `make demo` and `make test`; `make help` lists all.

# Mesa complains where the system sets no such folder.
export XDG_RUNTIME_DIR ?= /tmp

# rustup puts Rust here; a shell that is older than it does not know.
export PATH := $(PATH):$(HOME)/.cargo/bin

CARGO := cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
THALWEG := $(TARGET)/release/thalweg
RACE := scenes/himmelblau-race.toml

.PHONY: help demo window race test test-long bench fuzz needs release

help: ## Lists the targets.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

demo: release ## Installs what is missing, builds, opens the window; without a display, makes a film.
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; \
	then $(MAKE) --no-print-directory window; else $(MAKE) --no-print-directory race; fi

window:
	$(THALWEG)

race:
	@set -e; start=$$(date +%s); \
	$(THALWEG) render $(RACE) -o race.mp4; \
	film=$$(date +%s); \
	$(THALWEG) still $(RACE) -o race.png --at 6; \
	still=$$(date +%s); \
	echo "$(CURDIR)/race.mp4: the film, made in $$((film - start)) s"; \
	echo "$(CURDIR)/race.png: a frame of it, made in $$((still - film)) s"

# A fixed seed, so that a change is what makes a test fail; `test-long` takes another each time.
test: export PROPTEST_CASES ?= 500
test: export PROPTEST_RNG_SEED ?= 1
test: needs ## Format, lints, docs and all tests; property tests at a sample.
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps
	$(CARGO) build --locked
	@tools/install.sh adapter $(TARGET)/debug/thalweg
	$(CARGO) test --locked --no-fail-fast

test-long: release ## The full sweeps, a second driver, the fuzzers; its report is docs/test-long.md.
	@tools/test-long.sh $(THALWEG)

bench: release ## The table of speeds on this machine, and the time from formula to shader.
	$(THALWEG) bench
	$(CARGO) bench --locked --bench text_to_wgsl

fuzz: ## The fuzzers of the formula language, FUZZ_SECONDS (600) each.
	tools/fuzz.sh

release: needs
	$(CARGO) build --locked --release
	@tools/install.sh adapter $(THALWEG)

needs:
	@tools/install.sh needs
