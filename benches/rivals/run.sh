#!/usr/bin/env bash
# Mappale beside other tile servers, on one PostGIS and the same parcels; prints the table of
# benches/README.md. Needs wrk; takes Martin, tipg and MapServer as far as they are there.
#
#   SCALE=town            what is loaded: the invented town (15,000 parcels)
#   DURATION=8            seconds of each measurement
#   RUNS=3                alternating runs, of which the median is told
#   CLIENTS="1 8 64"      connections
#   MAPPALE_BIN=…         the program; an optimised build by default
#   BARE_BIN=…            the bare handler: cargo bench --bench bare --no-run builds it
#   MARTIN_BIN=…          Martin 1.14; else on the PATH, else in the work folder
#   INSTALL=1             install what is missing: Martin by cargo (25 minutes), tipg by pip,
#                         MapServer by apt-get (as root)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${RIVALS_WORK:-$root/target/rivals}
scale=${SCALE:-town}
duration=${DURATION:-8}
runs=${RUNS:-3}
read -ra clients <<<"${CLIENTS:-1 8 64}"
mappale=${MAPPALE_BIN:-$root/target/release/mappale}
first_port=${FIRST_PORT:-8310}

fail() { printf '%s\n' "$@" >&2; exit 1; }
say() { printf '%s\n' "$@" >&2; }

[ "$scale" = town ] || fail "SCALE=$scale: the generator draws a town; a province comes with it"
[ -x "$mappale" ] || fail "$mappale is missing: cargo build --workspace --release (or MAPPALE_BIN=…)"
command -v wrk >/dev/null || fail "wrk is missing (Debian package wrk)"
mkdir -p "$work"

# --- the others ------------------------------------------------------------------------------
martin=${MARTIN_BIN:-$(command -v martin || echo "$work/bin/martin")}
bare=${BARE_BIN:-$(find "$root/target/release/deps" -name 'bare-*' -executable -type f 2>/dev/null | head -n 1)}
tipg=$work/tipg/bin/uvicorn
mapserv=$(command -v mapserv || echo /usr/lib/cgi-bin/mapserv)
if [ "${INSTALL:-}" = 1 ]; then
  [ -x "$martin" ] || cargo install --root "$work" martin@1.14.0 --locked \
    --no-default-features --features postgres
  [ -x "$tipg" ] || { python3 -m venv "$work/tipg" && "$work/tipg/bin/pip" -q install tipg==1.6.1 uvicorn; }
  [ -x "$mapserv" ] || apt-get install --yes --no-install-recommends cgi-mapserver spawn-fcgi nginx-light
fi
for program in "$martin" "$tipg" "$mapserv"; do
  [ -x "$program" ] || say "skipped: $program is missing (INSTALL=1 installs it)"
done

# --- one PostGIS -----------------------------------------------------------------------------
export MAPPALE_VAR=$work/var
"$mappale" demo load --town >&2
socket=$("$mappale" db status | sed -n 's/^Its socket is in \(.*\)\.$/\1/p')
[ -n "$socket" ] || fail "the private database does not run"
sql() { psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -U postgres -d mappale "$@"; }
# The table that suits Martin best: in the CRS of its tiles, clustered, its columns and no more.
sql >&2 <<'SQL'
create schema if not exists rivals;
drop table if exists rivals.parcel;
create table rivals.parcel as
select feature_id as id, reference, number, kind,
       st_transform(geom, 3857)::geometry(multipolygon, 3857) as geom
  from data.catasto_particella_current;
alter table rivals.parcel add primary key (id);
create index parcel_geom on rivals.parcel using gist (geom);
cluster rivals.parcel using parcel_geom;
analyze rivals.parcel;
SQL
count=$(sql -At -c 'select count(*) from rivals.parcel')
box=$(sql -At -F ' ' -c 'select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)
  from (select st_extent(st_transform(geom, 4326)) as b from rivals.parcel) as whole')
say "$count parcels in one PostGIS"

# --- servers, one at a time on the first core; the client has the second ----------------------
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  server=
}
trap stop EXIT
# As the start of a command, so that what runs in the background is the server itself.
first=() second=()
command -v taskset >/dev/null && first=(taskset -c 0) second=(taskset -c 1)

# start NAME: sets `server` and `pattern`, an address with {z}, {x} and {y}
start() {
  local cache=0
  [[ $1 == *-cold ]] || cache=512
  case $1 in
    mappale*)
      MAPPALE_TILE_CACHE_MB=$((cache > 0 ? cache : 1)) MAPPALE_LOG=error "${first[@]}" "$mappale" serve \
        --listen "127.0.0.1:$first_port" >/dev/null 2>"$work/$1.log" &
      pattern="http://127.0.0.1:$first_port/tiles/catasto.particella/{z}/{x}/{y}" ;;
    martin*)
      cat >"$work/martin.yaml" <<YAML
listen_addresses: 127.0.0.1:$((first_port + 1))
cache_size_mb: $cache
postgres:
  connection_string: "host=$socket user=postgres dbname=mappale"
  auto_publish: false
  tables:
    parcel:
      schema: rivals
      table: parcel
      srid: 3857
      geometry_column: geom
      geometry_type: MULTIPOLYGON
      id_column: id
      extent: 4096
      buffer: 64
      clip_geom: true
      properties: { reference: text, number: text, kind: text }
YAML
      "${first[@]}" "$martin" --config "$work/martin.yaml" >/dev/null 2>"$work/$1.log" &
      pattern="http://127.0.0.1:$((first_port + 1))/parcel/{z}/{x}/{y}" ;;
    bare*)
      # It takes its tiles from ours, then answers alone.
      MAPPALE_TILE_CACHE_MB=512 MAPPALE_LOG=error "$mappale" serve \
        --listen "127.0.0.1:$first_port" >/dev/null 2>"$work/$1.log" &
      server=$!
      pattern="http://127.0.0.1:$first_port/tiles/catasto.particella/{z}/{x}/{y}"
      answers "$1" || return 1
      local ours=$server
      "${first[@]}" "$bare" $((first_port + 3)) "127.0.0.1:$first_port" "$work/every.txt" \
        "${coding:-gzip}" >"$work/$1.out" 2>"$work/$1.log" &
      server=$!
      until [ -s "$work/$1.out" ] || ! kill -0 "$server"; do sleep 0.2; done
      kill "$ours"
      wait "$ours" 2>/dev/null || true
      pattern="http://127.0.0.1:$((first_port + 3))/tiles/any/{z}/{x}/{y}"
      return 0 ;;
    tipg)
      DATABASE_URL="postgresql://postgres@${socket//\//%2F}/mappale" TIPG_TILE_BUFFER=64 TIPG_DB_SCHEMAS='["rivals"]' \
        "${first[@]}" "$tipg" tipg.main:app --port $((first_port + 2)) --log-level error \
        >/dev/null 2>"$work/$1.log" &
      pattern="http://127.0.0.1:$((first_port + 2))/collections/rivals.parcel/tiles/WebMercatorQuad/{z}/{x}/{y}" ;;
  esac
  server=$!
  answers "$1"
}

# answers NAME: waits until the server answers
answers() {
  local at try
  at=$(sed 's/{z}/14/; s/{x}/8618/; s/{y}/5849/' <<<"$pattern")
  for try in $(seq 100); do
    curl -s -o /dev/null "$at" && return 0
    kill -0 "$server" 2>/dev/null || { tail -n 3 "$work/$1.log" >&2; return 1; }
    sleep 0.2
  done
  say "$1 does not answer"; return 1
}

names=(mappale-cold mappale-warm mappale-304)
[ -x "$bare" ] && names+=(bare-warm bare-304)
[ -x "$martin" ] && names+=(martin-cold martin-warm martin-304)
[ -x "$tipg" ] && names+=(tipg)

# --- equal features on a sample of tiles ------------------------------------------------------
python3 "$here/tiles.py" "$work/tiles.lua" "$work/sample.txt" "$work/every.txt" $box
for name in "${names[@]}"; do
  [[ $name == *-warm || $name == *-304 ]] && continue
  start "$name" || continue
  node "$here/features.mjs" "$pattern" "$work/sample.txt" >"$work/$name.features"
  stop
done
for name in martin-cold tipg; do
  [ -s "$work/$name.features" ] || continue
  if said=$(python3 "$here/compare.py" "$work/mappale-cold.features" "$work/$name.features"); then
    say "$name serves the same features as mappale: $said"
  else
    say "WARNING: $name does not serve the same features, so its figures do not compare: $said"
  fi
done

# --- figures ----------------------------------------------------------------------------------
: >"$work/figures.txt"
for coding in gzip zstd; do
  for connections in "${clients[@]}"; do
    for run in $(seq "$runs"); do
      for name in "${names[@]}"; do
        start "$name" || continue
        base=$(sed -E 's|^(http://[^/]+)/.*|\1|' <<<"$pattern")
        # Warm: every tile once before.
        tags=()
        [[ $name == *-304 ]] && {
          node "$here/tags.mjs" "$pattern" "$work/every.txt" "$coding" >"$work/tags.txt"
          tags=("$work/tags.txt")
        }
        [[ $name == *-warm ]] && "${second[@]}" wrk -t1 -c8 -d3s -s "$work/tiles.lua" "$base" \
          -- "$pattern" "$coding" >/dev/null
        memory=$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$server/status")
        "${second[@]}" wrk -t1 -c"$connections" -d"${duration}s" --latency -s "$work/tiles.lua" \
          "$base" -- "$pattern" "$coding" "${tags[@]}" 2>/dev/null |
          sed -n "s|^figures |$name $coding $connections $memory |p" >>"$work/figures.txt"
        stop
        say "$name $coding $connections clients, run $run of $runs"
      done
    done
  done
done
python3 "$here/table.py" "$work/figures.txt" "$count"
