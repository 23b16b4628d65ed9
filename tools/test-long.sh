#!/bin/sh
# The full sweeps: every property test at 20,000 cases and the tests that are too long for
# `make test`, then the numeric tests once more on SwiftShader, a second and independent driver.
# The report goes to docs/test-long.md.
#
#   test-long.sh PROGRAM    run by `make test-long`, which builds PROGRAM first
set -eu
cd "$(dirname "$0")/.."

# The tests that compare the GPU with f64.
numeric="number simulation"
report=docs/test-long.md
log=$(mktemp)
commit=$(git describe --always --dirty --exclude '*')
failed=0

export PROPTEST_CASES=20000

say() { echo "$*" | tee -a "$report"; }

# part TITLE COMMAND…: runs it and reports how each test program closed.
part() {
    say "
## $1
"
    shift
    start=$(date +%s)
    status=passed
    { "$@" 2>&1 || echo "THE PART FAILED"; } | tee "$log"
    if grep -q "^THE PART FAILED" "$log"; then
        status=FAILED
        failed=1
    fi
    say "\`$*\`: $status, $(($(date +%s) - start)) s"
    say '```'
    grep -E '^(     Running|   Doc-tests|test result|test .* FAILED|skipped:)' "$log" |
        sed 's/^ *//; s/ (target.*//' | tee -a "$report"
    say '```'
}

adapters() {
    say '```'
    "$1" doctor | tee -a "$report"
    say '```'
}

swiftshader() { find /usr/lib /usr/share -name vk_swiftshader_icd.json 2>/dev/null | head -1; }

mkdir -p docs
: >"$report"
say "# The long tests' last report"
say "
$(date -u '+%Y-%m-%d %H:%M') UTC, commit $commit, $(rustc --version), $(uname -sm), $(getconf _NPROCESSORS_ONLN) processors.
Property tests ran at $PROPTEST_CASES cases."

part "Every test, on the default adapter" \
    cargo test --locked --release --no-fail-fast -- --include-ignored
adapters "$1"

tools/install.sh second-driver
driver=$(swiftshader)
if [ -n "$driver" ]; then
    export VK_DRIVER_FILES="$driver"
    tests=""
    for test in $numeric; do tests="$tests --test $test"; done
    # shellcheck disable=SC2086 # a list of words
    part "The numeric tests, on SwiftShader" \
        cargo test --locked --release --no-fail-fast $tests -- --include-ignored
    adapters "$1"
else
    say "
skipped: the numeric tests on SwiftShader, since there is no vk_swiftshader_icd.json here"
fi
exit $failed
