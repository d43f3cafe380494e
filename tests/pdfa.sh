#!/usr/bin/env bash
# Validates PDFs against the flavour of PDF/A that they claim, with veraPDF out of Maven.
#
#   tests/pdfa.sh FILE.pdf…
#
# Ends with 0 where all comply, 1 where one does not, 77 where the validator cannot be had (no Java,
# no Maven, no repository): it is no part of the program, and a machine without it skips the check.
set -euo pipefail
here=$(cd "$(dirname "$0")/pdfa" && pwd)
kept="${MAPPALE_PDFA:-${XDG_CACHE_HOME:-$HOME/.cache}/mappale-pdfa}"
[ $# -gt 0 ] || { echo "usage: tests/pdfa.sh FILE.pdf…" >&2; exit 2; }
absent() { echo "PDF/A is not validated: $1" >&2; exit 77; }
command -v java >/dev/null && command -v javac >/dev/null || absent "there is no Java"
if [ ! -e "$kept/Validate.class" ]; then
  command -v mvn >/dev/null || absent "there is no Maven"
  mkdir -p "$kept"
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$kept/lib" >"$kept/log" 2>&1 ||
    absent "Maven does not give veraPDF (see $kept/log)"
  javac -cp "$kept/lib/*" -d "$kept" "$here/Validate.java"
fi
java -cp "$kept/lib/*:$kept" Validate "$@"
