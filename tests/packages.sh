#!/usr/bin/env bash
# Installs what the build and the private database need from Debian, when it is missing.
# As root it installs; for anybody else it prints the command. --chromium adds the browser
# and the readers of PDF and of tiles and the cache of the tests.
set -euo pipefail

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

command -v cargo >/dev/null || fail "Rust is missing (cargo, 1.95 or newer): see https://rustup.rs"
command -v npm >/dev/null || fail "Node.js is missing (node and npm, 20.19 or newer): see https://nodejs.org"

# Whether some installed PostgreSQL has PostGIS; Debian keeps one folder for each version.
has_postgis() {
  local control version
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    version=$(basename "$(dirname "$(dirname "$control")")")
    [ -x "/usr/lib/postgresql/$version/bin/initdb" ] && return 0
  done
  return 1
}

missing=()
command -v cc >/dev/null || missing+=(build-essential)
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists proj 2>/dev/null || missing+=(libproj-dev)
pkg-config --exists sqlite3 2>/dev/null || missing+=(libsqlite3-dev)
pkg-config --exists gdal 2>/dev/null || missing+=(libgdal-dev)
command -v bwrap >/dev/null || missing+=(bubblewrap)
[ -e /usr/share/proj/proj.db ] || missing+=(proj-data)
if [ "${1:-}" = --chromium ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  command -v ogr2ogr >/dev/null || missing+=(gdal-bin)
  [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v qpdf >/dev/null || missing+=(qpdf)
  command -v python3 >/dev/null || missing+=(python3)
fi
# With DATABASE_URL the server is somebody else's; MAPPALE_PG_BIN names one outside Debian's folders.
if [ -z "${DATABASE_URL:-}" ] && [ -z "${MAPPALE_PG_BIN:-}" ]; then
  has_postgis || missing+=(postgresql-15 postgresql-15-postgis-3)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || fail "missing: ${missing[*]} (names of Debian packages)"
if [ "$(id -u)" -ne 0 ]; then
  fail "missing packages; install them, then try again:" "  sudo apt-get install --no-install-recommends ${missing[*]}"
fi

# Debian would create and start a cluster `main` of its own; Mappale runs a private one.
# Only a machine without PostgreSQL is told so: elsewhere the choice was made already.
if [[ " ${missing[*]} " == *" postgresql-15 "* ]] && [ ! -e /etc/postgresql-common ]; then
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/mappale.conf
fi

# Debian would start nginx on port 80; only the tests run it, on ports of their own.
if [[ " ${missing[*]} " == *" nginx-light "* ]] && [ ! -e /etc/nginx ] && [ -d /etc/systemd/system ]; then
  ln -sf /dev/null /etc/systemd/system/nginx.service
fi

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || {
  tail -n 30 "$log" >&2
  fail "apt-get could not install ${missing[*]}"
}
