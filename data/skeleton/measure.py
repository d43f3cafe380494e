#!/usr/bin/env python3
"""Prints how near the generated cadastre comes to real ones, as the table of REPORT.md.

    python3 data/skeleton/measure.py REAL... -- GENERATED...

Each is a national `_ple.gml`, a folder of them, or a GeoPackage with a column `tipo` ('T' = parcel, 'F' =
building) and `foglio`. Real files are not part of this repository. Standard library only.
"""

import collections
import math
import pathlib
import re
import sqlite3
import struct
import sys

RADIUS = 6378137.0


def gml(path):
    """(sheet, is a parcel, rings) of every polygon, in metres about the first point."""
    origin = None
    for line in open(path, encoding="utf-8"):
        if not line.startswith("<wfs:member>"):
            continue
        reference = re.search(r"REFERENCE>([^<]*)<", line).group(1)
        sheet, label = reference.split(".", 1)
        for polygon in re.findall(r"<gml:Polygon.*?</gml:Polygon>", line):
            rings = []
            for text in re.findall(r"<gml:posList[^>]*>([^<]*)<", polygon):
                v = list(map(float, text.split()))
                if origin is None:
                    origin = v[0], v[1]
                    east = math.radians(1) * RADIUS * math.cos(math.radians(v[0]))
                    north = math.radians(1) * RADIUS * 0.9975
                rings.append([((v[i + 1] - origin[1]) * east, (v[i] - origin[0]) * north)
                              for i in range(0, len(v) - 2, 2)])
            yield sheet, not re.match("STRADA|ACQUA", label), rings


def wkb(blob, at):
    order = "<" if blob[at] else ">"
    kind, = struct.unpack_from(order + "I", blob, at + 1)
    count, = struct.unpack_from(order + "I", blob, at + 5)
    at += 9
    polygons = []
    if kind == 6:
        for _ in range(count):
            inner, at = wkb(blob, at)
            polygons += inner
        return polygons, at
    rings = []
    for _ in range(count):
        n, = struct.unpack_from(order + "I", blob, at)
        v = struct.unpack_from(f"{order}{2 * n}d", blob, at + 4)
        rings.append([(v[2 * i], v[2 * i + 1]) for i in range(n - 1)])
        at += 4 + 16 * n
    return [rings], at


def gpkg(path):
    db = sqlite3.connect(f"file:{pathlib.Path(path).resolve()}?immutable=1", uri=True)
    table, column = db.execute("select table_name, column_name from gpkg_geometry_columns").fetchone()
    for sheet, kind, blob in db.execute(f'select foglio, tipo, "{column}" from "{table}"'):
        if kind != "F":
            box = (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]
            for rings in wkb(blob, 8 + box)[0]:
                yield sheet, kind == "T", rings


def polygons(path):
    if path.is_dir():
        for file in sorted([*path.glob("*_ple.gml"), *path.glob("*/X*_ple.gml")]):
            yield from gml(file)
    else:
        yield from (gpkg if path.suffix == ".gpkg" else gml)(path)


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def length(ring):
    return sum(math.dist(a, b) for a, b in zip(ring, ring[1:] + ring[:1]))


def quartiles(values):
    values = sorted(values)
    return [values[int(q * (len(values) - 1))] for q in (0.25, 0.5, 0.75)]


def measure(found):
    n, areas, compact, holes, total = [], [], [], 0, 0
    angles = collections.defaultdict(list)
    for sheet, parcel, rings in found:
        total += 1
        for ring in rings:
            for i, p in enumerate(ring):
                (ax, ay), (bx, by) = ring[i - 1], ring[(i + 1) % len(ring)]
                ux, uy, vx, vy = ax - p[0], ay - p[1], bx - p[0], by - p[1]
                angle = abs(math.degrees(math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)))
                angles[sheet, round(p[0], 2), round(p[1], 2)].append(angle)
        if parcel:
            a = area(rings[0]) - sum(map(area, rings[1:]))
            n.append(sum(map(len, rings)))
            areas.append(a)
            compact.append(4 * math.pi * a / sum(map(length, rings)) ** 2)
            holes += len(rings) > 1
    nodes = [v for v in angles.values() if len(v) > 2]
    out = {"polygons": total, "of them parcels": len(n), "vertices, mean": sum(n) / len(n)}
    for name, values in (("vertices", n), ("area (m²)", areas), ("compactness 4πA/P²", compact)):
        for q, value in zip(("lower quartile", "median", "upper quartile"), quartiles(values)):
            out[f"{name}, {q}"] = value
    out["parcels with holes (%)"] = 100 * holes / len(n)
    # A file with a part of the parcels has hardly any: only a full one says something.
    if len(nodes) > 0.1 * len(angles):
        out["vertices where three or more meet (%)"] = 100 * len(nodes) / len(angles)
        out["T-junctions: one of them runs straight on (%)"] = \
            100 * sum(max(v) > 175 for v in nodes) / len(angles)
    return out


def verdict(value, real):
    if all(abs(value / r - 1) <= 0.25 for r in real):
        return "each"
    if min(real) <= value <= max(real):
        return "between"
    return "one" if any(abs(value / r - 1) <= 0.25 for r in real) else "**no**"


def main():
    split = sys.argv.index("--")
    files = sys.argv[1:split] + sys.argv[split + 1:]
    columns = [measure(polygons(pathlib.Path(f))) for f in files]
    names = [re.search("[A-Z][0-9]{3}|$", pathlib.Path(f).name).group() or pathlib.Path(f).name
             for f in files]
    print("| measure |", " | ".join(names), "| within 25 % of |")
    print("|---|" + "---:|" * len(names) + "---|")
    for row in columns[-1]:
        values = [c.get(row) for c in columns]
        real = [v for v in values[: split - 1] if v is not None]
        said = "" if row in ("polygons", "of them parcels") else \
            ", ".join(sorted({verdict(v, real) for v in values[split - 1:]}))
        text = ["–" if v is None else f"{v:.3f}" if v < 1 else f"{v:.1f}" if v < 100 else f"{v:.0f}"
                for v in values]
        print(f"| {row} |", " | ".join(text), f"| {said} |")


if __name__ == "__main__":
    main()
