#!/usr/bin/env bash
# Facts, batch and PDFs as whole requests and commands, over the invented town; figures go to
# benches/README.md. Needs release builds of the program and the press, wrk, psql and curl.
#
#   DURATION=8   seconds of each measurement
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=${BENCH_WORK:-$root/target/bench-facts}
duration=${DURATION:-8}
mappale=${MAPPALE_BIN:-$root/target/release/mappale}
port=8330
mkdir -p "$work"
export MAPPALE_VAR=$work/var MAPPALE_LOG=error
"$mappale" demo load --town >"$work/load.log"
socket=$("$mappale" db status | sed -n 's/^Its socket is in \(.*\)\.$/\1/p')
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -h "$socket" -U postgres -d mappale "$@"; }

server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  "$mappale" db stop >/dev/null 2>&1 || true
}
trap stop EXIT
"$mappale" serve --demo --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
server=$!
until curl -sf -o /dev/null "http://127.0.0.1:$port/health"; do
  kill -0 "$server"
  sleep 0.2
done

sql -c "select key from data.catasto_particella_current
  where key !~ 'STRADA|ACQUA' order by md5(key) limit 1000" >"$work/keys.txt"
{
  echo 'local keys = {'
  sed 's/.*/"&",/' "$work/keys.txt"
  cat <<'LUA'
}
local at, requests = 0, {}
function init(args)
  for number, key in ipairs(keys) do
    local path = args[1]:gsub("{key}", (key:gsub("/", "%%%%2F")))
    requests[number] = wrk.format("GET", path)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  print(string.format("%.0f a second, p50 %.2f ms, p99 %.2f ms, %d bytes, %d failed",
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.bytes / math.max(summary.requests, 1),
    errors.status + errors.timeout + errors.read + errors.write + errors.connect))
end
LUA
} >"$work/facts.lua"

address="http://127.0.0.1:$port"
layers=$(curl -s "$address/api/v1/parcels/$(head -n 1 "$work/keys.txt")/facts" |
  python3 -c 'import json, sys; print(len(json.load(sys.stdin)["layers"]))')
echo "facts of a parcel over $layers layers, JSON"
for clients in 1 2 8; do
  printf '  %s clients: ' "$clients"
  wrk -t1 -c"$clients" -d"${duration}s" --latency -s "$work/facts.lua" "$address" \
    -- "/api/v1/parcels/{key}/facts" | tail -n 1
done
printf '  what is at a point, 8 clients: '
box=$(sql -F ' ' -c 'select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)
  from (select st_extent(st_transform(geom, 4326)) as b from data.catasto_particella_current) as w')
read -r west south east north <<<"$box"
python3 - "$west" "$south" "$east" "$north" >"$work/points.lua" <<'PYTHON'
import random
import sys

west, south, east, north = map(float, sys.argv[1:])
dice = random.Random(1)
print("local keys = {")
for _ in range(1000):
    lon, lat = dice.uniform(west, east), dice.uniform(south, north)
    print(f'"lon={lon:.6f}&lat={lat:.6f}",')
PYTHON
sed -n '/^}/,$p' "$work/facts.lua" >>"$work/points.lua"
wrk -t1 -c8 -d"${duration}s" --latency -s "$work/points.lua" "$address" \
  -- "/api/v1/place?{key}" | tail -n 1

echo 'the overlay of the same parcels by PostGIS, over the polygon layers of the facts'
tables=$(sql -c "select string_agg(format(
    'select st_area(st_intersection(l.geom, p.geom)) as area from data.%I as l, p
       where l.geom && p.geom and st_intersects(l.geom, p.geom)', table_name), ' union all ')
  from information_schema.columns join geometry_columns as g
    on g.f_table_schema = 'data' and g.f_table_name = table_name
 where table_schema = 'data' and column_name = 'geom' and table_name like '%\_current'
   and g.type in ('MULTIPOLYGON', 'POLYGON', 'GEOMETRY')")
{
  echo "prepare overlay(text) as with p as (select geom from data.catasto_particella_current where key = \$1) select count(*), sum(area) from ($tables) as pieces;"
  echo '\timing on'
  head -n 200 "$work/keys.txt" | sed "s/.*/execute overlay('&');/"
} >"$work/overlay.sql"
sql -f "$work/overlay.sql" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n |
  awk '{sum += $1; all[NR] = $1} END {printf "  %d parcels, %.2f ms each, p50 %.2f ms, p99 %.2f ms\n", NR, sum / NR, all[int(NR / 2)], all[int(NR * 0.99)]}'

echo 'the whole town as CSV (the command, opening included)'
for run in 1 2 3; do
  start=$(date +%s.%N)
  "$mappale" fact batch --comune X100 >"$work/town.csv" 2>/dev/null
  end=$(date +%s.%N)
  echo "  $(echo "$end - $start" | bc) s, $(wc -l <"$work/town.csv") lines"
done

echo 'PDF'
for key in $(head -n 5 "$work/keys.txt"); do
  curl -s -o "$work/extract.pdf" -w '  extract of a parcel: %{time_total} s, %{size_download} bytes\n' \
    "$address/particella/${key//\//%2F}/scheda.pdf"
done
for count in 1 50; do
  mapfile -t keys < <(head -n "$count" "$work/keys.txt")
  start=$(date +%s.%N)
  "$mappale" cdu --comune X100 --applicant 'Ada Prova' --number 1 --date "$(date +%F)" \
    --out "$work/cdu.pdf" "${keys[@]}" >/dev/null
  end=$(date +%s.%N)
  echo "  certificate of $count parcels (the command, opening included): $(echo "$end - $start" | bc) s"
done
