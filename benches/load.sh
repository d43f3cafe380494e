#!/bin/sh
# How long a province takes from GeoPackage to published, beside ogr2ogr in the same run.
#
#   benches/load.sh [town|province] [RUNS]        figures go to benches/README.md, by hand
#
# Needs release builds of the program and the worker, ogr2ogr, psql and GNU time. Everything is
# made in a folder of its own under the folder for temporary files and removed at the end.
set -eu

scale=${1:-province}
runs=${2:-3}
cd "$(dirname "$0")/.."
program=${MAPPALE_BENCH_PROGRAM:-target/release/mappale}
[ -x "$program" ] || { echo "build first: cargo build --release --workspace" >&2; exit 1; }
for tool in ogr2ogr ogrinfo psql /usr/bin/time; do
    command -v "$tool" > /dev/null || { echo "$tool is not installed" >&2; exit 1; }
done

folder=$(mktemp -d)
export MAPPALE_VAR="$folder/var"
stop() {
    "$program" db stop > /dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT INT TERM

echo "scale $scale, $runs runs, $(nproc) cores, $(uname -r)"
"$program" demo generate --scale "$scale" --seed 1 --out "$folder/drawn" > /dev/null
"$program" db start > /dev/null
"$program" db migrate > /dev/null

# One layer of one comune with every parcel of the drawing, as a GeoPackage in EPSG:6706.
parcels="$folder/particelle.gpkg"
find "$folder/drawn" -name '*_ple.gml' | sort | while read -r file; do
    ogr2ogr -f GPKG -update -append -q "$parcels" "$file" CadastralParcel \
        -nln particelle -nlt MULTIPOLYGON -a_srs EPSG:6706
done
count=$(ogrinfo -ro -so "$parcels" particelle | sed -n 's/^Feature Count: //p')
echo "$count parcels, $(stat -c %s "$parcels") bytes"

# A definition that holds them all: its key is made from the content, as their comuni are many.
mkdir "$folder/layers"
cat > "$folder/layers/prova.toml" <<'DEFINITION'
format = 1
id = "prova.particella"
geometry = "polygon"
theme = "catasto"
key = "code"
coverage = true
title = { it = "Particelle", en = "Parcels" }
description = { it = "Particelle di una provincia.", en = "Parcels of a province." }
source = { name = { it = "Disegno", en = "Drawing" }, licence = "CC-BY-4.0" }
reader = { vector = { layer = "particelle" } }
tile = { min_zoom = 13, attributes = [] }

[[column]]
name = "code"
type = "text"
required = true
label = { it = "Codice", en = "Code" }
from = { content = true }

[[example]]
fields = {}
columns = {}
DEFINITION
export MAPPALE_LAYERS="$folder/layers"
"$program" comune add --code X999 --name Provincia > /dev/null

socket=$("$program" db status | sed -n 's/^Its socket is in \(.*\)\.$/\1/p')
url="host=$socket dbname=mappale user=mappale_owner"
ask() { psql -X -q -A -t "$url" "$@"; }
ask -c 'create schema rival'
# Seconds and kilobytes of a command, the largest of its processes.
measured() {
    /usr/bin/time -o "$folder/time" -f '%e s, largest process %M kB' "$@" > "$folder/said" 2>&1 ||
        { cat "$folder/said" >&2; exit 1; }
    tail -n 1 "$folder/time"
}

for run in $(seq "$runs"); do
    echo "run $run"
    ask -c 'drop table if exists rival.particelle' 2> /dev/null
    printf '  ogr2ogr:          '
    measured ogr2ogr -f PostgreSQL "PG:$url" "$parcels" particelle -nln particelle \
        -lco SCHEMA=rival -lco GEOMETRY_NAME=geom -nlt MULTIPOLYGON -t_srs EPSG:7791 -lco SPATIAL_INDEX=GIST \
        --config PG_USE_COPY YES
    printf '  mappale:          '
    # The same file read in the same way is a version already: with another limit of repair each
    # run is a load of its own. There is nothing to repair.
    MAPPALE_LOG=warn,mappale::ingest=debug measured "$program" layer load prova.particella \
        --comune X999 "$parcels" --publish "--repair=0.$run"
    grep 'overlaps and gaps' "$folder/said" || true
    printf '  check st_isvalid: '
    ask -c '\timing on' -c 'select count(*) from rival.particelle where st_isvalid(geom)' |
        sed -n 's/^Time: //p'
    printf '  index of places:  '
    ask -c '\timing on' -c 'create index again on rival.particelle using gist (geom)' |
        sed -n 's/^Time: //p'
done
