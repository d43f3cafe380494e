#!/usr/bin/env bash
# Runs the tests, prints how long each stage took, and ends with one line:
#   N passed, N failed, N skipped
# Fails when a test failed, when a stage failed without a failing test, or when one ran nothing.
#
#   tests/run.sh test    every test but the long ones, then definitions and browser
#   tests/run.sh long    the long ones (functions named long_*), logged in tests/logs/
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
times=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count PASSED FAILED SKIPPED STATUS NAME: adds the figures of one runner.
count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  if [ "$4" -ne 0 ] && [ "$2" -eq 0 ]; then
    echo "$5: ended with status $4 and no failing test"
    failed=$((failed + 1))
  elif [ "$4" -eq 0 ] && [ $(($1 + $2)) -eq 0 ]; then
    echo "$5: no test ran"
    failed=$((failed + 1))
  fi
}

# stage NAME COMMAND...: runs a command, keeps its output, its status and its time.
stage() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$work/$name"
  status=${PIPESTATUS[0]}
  times+=("$(printf '%-12s %4d s' "$name" $((SECONDS - start)))")
}

# sum FILE PATTERN: adds the first number of each match.
sum() {
  grep -oE "$2" "$1" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'
}

rust() {
  local name=$1
  shift
  stage "$name" cargo test --workspace --no-fail-fast "$@"
  grep -E '^test result:' "$work/$name" >"$work/results"
  count "$(sum "$work/results" '[0-9]+ passed')" "$(sum "$work/results" '[0-9]+ failed')" \
    "$(sum "$work/results" '[0-9]+ ignored')" "$status" "$name"
}

# The press is a workspace of its own.
press() {
  stage press cargo test --manifest-path crates/press/Cargo.toml \
    --target-dir "${CARGO_TARGET_DIR:-target}" --no-fail-fast
  grep -E '^test result:' "$work/press" >"$work/results"
  count "$(sum "$work/results" '[0-9]+ passed')" "$(sum "$work/results" '[0-9]+ failed')" \
    "$(sum "$work/results" '[0-9]+ ignored')" "$status" press
}

definitions() {
  stage definitions "${CARGO_TARGET_DIR:-target}/debug/mappale" layer check
  if [ "$status" -eq 0 ]; then count 1 0 0 0 definitions; else count 0 1 0 "$status" definitions; fi
}

browser() {
  stage browser npm --prefix web --silent run test:browser
  # Node prints `# pass 3` to a file and `ℹ pass 3` to a terminal, by version.
  grep -E '^(#|ℹ) (pass|fail|cancelled|skipped|todo) [0-9]+$' "$work/browser" >"$work/results"
  count "$(sum "$work/results" 'pass [0-9]+')" "$(sum "$work/results" '(fail|cancelled) [0-9]+')" \
    "$(sum "$work/results" '(skipped|todo) [0-9]+')" "$status" browser
}

finish() {
  printf '\n'
  printf '%s\n' "${times[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Tests marked `#[ignore = "needs MAPPALE_GEODATA"]` run when the folder is there.
ignored=()
if [ -d "${MAPPALE_GEODATA:-}" ]; then
  ignored=(--include-ignored)
else
  echo "MAPPALE_GEODATA is not a folder: tests on real data are skipped"
fi

case ${1:-} in
test)
  stage build make --no-print-directory prepare-test
  if [ "$status" -ne 0 ]; then
    count 0 0 0 "$status" build
  else
    # `::long_`, and not `long_`, which is also in `along_`.
    rust rust -- --skip ::long_ "${ignored[@]}"
    press
    definitions
    browser
  fi
  finish
  ;;
long)
  mkdir -p tests/logs
  log="tests/logs/$(date +%F-%H%M%S).log"
  {
    echo "$(date --iso-8601=seconds) commit $(git rev-parse --short HEAD 2>/dev/null || echo none)"
    rust long -- ::long_ --include-ignored
    finish
  } 2>&1 | tee "$log"
  exit "${PIPESTATUS[0]}"
  ;;
*)
  echo "usage: tests/run.sh test|long" >&2
  exit 2
  ;;
esac
