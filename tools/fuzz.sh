#!/bin/sh
# Fuzzes the formula language: each target for FUZZ_SECONDS (600), FUZZ_JOBS (2) of them at once.
# It ends with 1 when a target finds something; the input lies in fuzz/artifacts then.
#
#   fuzz.sh            all targets
#   fuzz.sh TARGET…    these: parse, lower, rule
#
# What the fuzzers learn is kept in fuzz/target; fuzz/corpus holds what they begin with.
# A nightly toolchain, where there is one, adds the address sanitizer.
set -eu
cd "$(dirname "$0")/.."

version=0.13.2
seconds=${FUZZ_SECONDS:-600}
jobs=${FUZZ_JOBS:-2}
folder=fuzz/target

cargo fuzz --version >/dev/null 2>&1 ||
    cargo install --locked --version $version cargo-fuzz

if rustup toolchain list 2>/dev/null | grep -q '^nightly'; then
    cargo="cargo +nightly fuzz"
    sanitizer=address
else
    # The stable compiler with the switches of the nightly one.
    export RUSTC_BOOTSTRAP=1
    cargo="cargo fuzz"
    sanitizer=none
fi

# run TARGET: fuzzes it; the log's end is shown when it finds something.
run() {
    learnt=$folder/learnt/$1
    log=$folder/$1.log
    mkdir -p "$learnt"
    status=0
    $cargo run --sanitizer $sanitizer "$1" "$learnt" "fuzz/corpus/$1" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
        -dict=fuzz/formula.dict >"$log" 2>&1 || status=$?
    if [ "$status" = 0 ]; then
        echo "fuzz $1: clean, $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 runs in \2 s/p' "$log")"
    else
        echo "fuzz $1: FAILED"
        tail -40 "$log"
    fi
    return $status
}

if [ "${1:-}" = --one ]; then
    run "$2"
    exit
fi

$cargo build --sanitizer $sanitizer
[ $# -gt 0 ] || set -- parse lower rule
printf '%s\n' "$@" | xargs -P "$jobs" -I TARGET "$0" --one TARGET
