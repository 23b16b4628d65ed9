#!/bin/sh
# What is too long for `make test`: every test in release, those that it leaves out included, with
# property tests at 20,000 cases; the numeric tests once more on SwiftShader, a second and
# independent driver; hostile texts through the program; the fuzzers. On two quiet cores it takes
# about an hour. The report goes to docs/test-long.md.
#
#   test-long.sh PROGRAM    run by `make test-long`, which builds PROGRAM first
#
# FUZZ_SECONDS (600) is the time of each fuzzer, PROPTEST_CASES (20000) the size of the samples, and
# PROPTEST_RNG_SEED, which the report names, repeats a run.
set -eu
cd "$(dirname "$0")/.."

# The tests that compare the GPU with f64.
numeric="number formula_on_gpu simulation optimizers"
program=$1
report=docs/test-long.md
scratch=$(mktemp -d)
log=$scratch/log
commit=$(git describe --always --dirty --exclude '*')
begin=$(date +%s)
failed=0

export PROPTEST_CASES="${PROPTEST_CASES:-20000}"
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-$begin}"
export FUZZ_SECONDS="${FUZZ_SECONDS:-600}"
# Mesa complains where the system sets no such folder.
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
trap 'rm -rf "$scratch"' EXIT

say() { echo "$*" | tee -a "$report"; }

# part TITLE COMMAND…: runs it and reports how each test program closed, and what was counted.
part() {
    say "
## $1
"
    shift
    start=$(date +%s)
    { "$@" 2>&1 || echo "THE PART FAILED"; } | tee "$log"
    status=passed
    if grep -q "^THE PART FAILED" "$log"; then
        status=FAILED
        failed=1
    fi
    say "\`$*\`: $status, $(($(date +%s) - start)) s"
    say '```'
    grep -E '^(     Running|   Doc-tests|test result|test .* FAILED|skipped:|fuzz |hostile |[0-9]+ expressions)' "$log" |
        sed 's/^ *//; s/ (target.*//' | tee -a "$report"
    say '```'
}

adapters() {
    say '```'
    "$program" doctor | tee -a "$report"
    say '```'
}

swiftshader() { find /usr/lib /usr/share -name vk_swiftshader_icd.json 2>/dev/null | head -1; }

# repeated N TEXT: the text so many times.
repeated() { head -c "$1" /dev/zero | sed "s/\\x0/$2/g"; }

# Texts made to be slow, as files: each must be refused with exit code 2.
hostile() {
    repeated 1000000 '(' >"$scratch/a million open parentheses"
    { printf x; repeated 250000 ' + x'; } >"$scratch/a line of 1 MB"
    { repeated 10000 'sin('; printf x; repeated 10000 ')'; } >"$scratch/10,000 nested calls"
    printf 'x^2 + \377\376' >"$scratch/invalid UTF-8"
    printf 'x^2 + \000' >"$scratch/NUL"
    wrong=0
    for file in "$scratch"/*" "* "$scratch/NUL"; do
        start=$(date +%s%N)
        code=0
        "$program" eval --loss "@$file" --at 1 >/dev/null 2>"$scratch/said" || code=$?
        took=$((($(date +%s%N) - start) / 10000))
        said=$(head -1 "$scratch/said" | sed "s|$scratch/||" | cut -c1-90)
        printf 'hostile %s: exit code %s after %d.%02d ms, %s\n' \
            "${file##*/}" $code $((took / 100)) $((took % 100)) "$said"
        [ $code = 2 ] || wrong=1
    done
    return $wrong
}

mkdir -p docs
: >"$report"
say "# The long tests' last report"
say "
$(date -u '+%Y-%m-%d %H:%M') UTC, commit $commit, $(rustc --version), $(uname -sm), $(getconf _NPROCESSORS_ONLN) processors.
Property tests ran at $PROPTEST_CASES cases, seed $PROPTEST_RNG_SEED; each fuzzer for $FUZZ_SECONDS s."

# `stills` writes pictures for the eye.
part "Every test, on the default adapter" \
    cargo test --locked --release --no-fail-fast -- --include-ignored --skip stills --show-output
adapters

tools/install.sh second-driver
driver=$(swiftshader)
if [ -n "$driver" ]; then
    export VK_DRIVER_FILES="$driver"
    tests=""
    for test in $numeric; do tests="$tests --test $test"; done
    # shellcheck disable=SC2086 # a list of words
    part "The numeric tests, on SwiftShader" \
        cargo test --locked --release --no-fail-fast $tests -- --show-output
    adapters
    unset VK_DRIVER_FILES
else
    say "
skipped: the numeric tests on SwiftShader, since there is no vk_swiftshader_icd.json here"
fi

part "Hostile texts, from a file through the program" hostile
part "The fuzzers" tools/fuzz.sh

say "
All of it took $((($(date +%s) - begin) / 60)) minutes."
exit $failed
