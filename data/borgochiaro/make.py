#!/usr/bin/env python3
"""Draws the invented comune Borgochiaro (X001) and writes it as national cadastre files.

    python3 data/borgochiaro/make.py

Writes X001_BORGOCHIARO_ple.gml, X001_BORGOCHIARO_map.gml and expected.json beside itself;
the same bytes on every run. Nothing here is a real place, parcel or person.

How the village is drawn: the outlines of three sheets; roads and streams carved out of them
as strips; fronts of house plots along the roads; then every block is cut in two along a bent
line, again and again, until its pieces have the size that belongs to that distance from the
centre. The old centre, inside the ring street of sheet 3, is allegato A of that sheet and lies
in its hole. Coordinates are metres east and north of ORIGIN until they are written.
"""

import sys

sys.dont_write_bytecode = True

import json
import math
import pathlib

import national
from planar import (Dice, area, box, carve, centroid, compactness, contains, curve, edges,
                    inner_point, is_simple, offset, split, to_boundary, to_path, to_segment)

HERE = pathlib.Path(__file__).parent
COMUNE, NAME = "X001", "BORGOCHIARO"
ORIGIN = (527860.0, 5049980.0)  # EPSG:7791
CENTRE = (545.0, 335.0)
dice = Dice(20261124)


# --- outlines ----------------------------------------------------------------------

# Where the three sheets meet, and their common borders from there outwards.
MEETING = (470, 545)
B12 = curve([MEETING, (488, 600), (470, 668), (497, 742), (520, 800), (508, 868), (530, 935)],
            18, dice, 0.5)
B13 = curve([MEETING, (418, 532), (352, 546), (280, 520), (205, 528), (120, 502), (30, 512)],
            18, dice, 0.5)
B23 = curve([MEETING, (530, 530), (610, 552), (700, 536), (800, 560), (900, 538), (1010, 560),
             (1120, 540)], 18, dice, 0.5)
RIM1 = curve([B12[-1], (430, 962), (330, 930), (250, 945), (160, 880), (96, 800), (70, 700),
              (22, 610), B13[-1]], 26, dice, 0.8)
RIM2 = curve([B23[-1], (1095, 640), (1040, 730), (1010, 830), (900, 905), (790, 922), (680, 965),
              (600, 940), B12[-1]], 26, dice, 0.8)
RIM3 = curve([B13[-1], (48, 400), (30, 300), (90, 190), (180, 120), (260, 40), (380, 22),
              (480, 58), (600, 20), (720, 36), (820, 90), (930, 120), (1010, 210), (1070, 300),
              (1088, 420), B23[-1]], 26, dice, 0.8)


def swelling(path, stretches):
    """Distances along a path: zero, but for smooth swellings (first vertex, last, height)."""
    out = [0.0] * len(path)
    for first, last, height in stretches:
        for i in range(first + 1, last):
            out[i] = height * math.sin(math.pi * (i - first) / (last - first)) ** 0.5
    return out


# Sheet 2 was drawn on its own: it reaches over sheet 1 in two places and stays short of
# sheet 3 in two others. (B12 runs north: its left is sheet 1. B23 runs east: left is sheet 2.)
B12_OF_2 = offset(B12, swelling(B12, [(2, 9, 2.6), (12, 19, 1.1)]))
B23_OF_2 = offset(B23, swelling(B23, [(5, 13, 0.9), (22, 32, 1.3)]))
SHEET1 = B12 + RIM1[1:-1] + B13[:0:-1]
SHEET2 = B23_OF_2 + RIM2[1:-1] + B12_OF_2[:0:-1]
SHEET3 = B13 + RIM3[1:-1] + B23[:0:-1]


# --- the ring street and the roads that leave it ---------------------------------------


def ring_radius(theta):
    """The outer edge of the ring street, seen from CENTRE."""
    return (84 + 9 * math.cos(2 * theta + 0.6) + 5 * math.sin(3 * theta + 1.1)
            + 2.5 * math.cos(5 * theta))


def on_ring(theta, inset=0.0):
    r = ring_radius(theta) - inset
    return CENTRE[0] + r * math.cos(theta), CENTRE[1] + r * math.sin(theta)


OLD_CENTRE = [on_ring(2 * math.pi * k / 52 + 0.01, 5.2 + 0.8 * math.sin(7 * k)) for k in range(52)]

# Each road starts at CENTRE and leaves the sheet: (points, width).
ROADS = [
    ([CENTRE, (640, 322), (720, 298), (800, 312), (900, 352), (990, 350), (1110, 322)], 8.0),
    ([CENTRE, (578, 440), (602, 500), (596, 560), (622, 640)], 6.5),
    ([CENTRE, (470, 412), (400, 470), (330, 510), (292, 560), (240, 620)], 6.0),
    ([CENTRE, (440, 318), (352, 296), (262, 312), (170, 288), (90, 300), (-20, 262)], 8.0),
    ([CENTRE, (540, 240), (566, 170), (548, 100), (570, -20)], 5.5),
]
ROADS = [(curve(points, 16, dice, 0.35), width) for points, width in ROADS]
NORTH = curve([(602, 520), (622, 640), (668, 720), (664, 800), (700, 870), (738, 1000)], 17, dice, 0.35)
CROSS_LANE = curve([(229, 668), (290, 690), (352, 742), (420, 752), (500, 786), (590, 768), (664, 778)],
                   17, dice, 0.4)
NORTH_WEST = curve([(310, 500), (292, 560), (240, 640), (196, 720), (190, 790), (120, 920)], 17, dice, 0.35)


def road_edge(path, side):
    """An edge of a road from just outside the ring street outwards, starting on the ring."""
    line = offset(path, side)
    for k, (a, b) in enumerate(zip(line, line[1:])):
        if beyond(a) < 0 <= beyond(b):
            low, high = 0.0, 1.0
            for _ in range(50):
                mid = (low + high) / 2
                p = (a[0] + mid * (b[0] - a[0]), a[1] + mid * (b[1] - a[1]))
                low, high = (mid, high) if beyond(p) < 0 else (low, mid)
            return [p] + [q for q in line[k + 1:] if math.dist(p, q) > 2]
    raise ValueError("a road never leaves the ring street")


def beyond(p):
    dx, dy = p[0] - CENTRE[0], p[1] - CENTRE[1]
    return math.hypot(dx, dy) - ring_radius(math.atan2(dy, dx))


def sectors():
    """Sheet 3 as blocks between its roads, and the roads with the ring street in one piece."""
    blocks, rest = [], SHEET3
    for (path, width), (next_path, next_width) in zip(ROADS, ROADS[1:] + ROADS[:1]):
        left, right = road_edge(path, width / 2), road_edge(next_path, -next_width / 2)
        start, end = (math.atan2(p[1] - CENTRE[1], p[0] - CENTRE[0]) for p in (left[0], right[0]))
        end += 2 * math.pi * (end < start)
        steps = max(2, round((end - start) * 84 / 9))
        arc = [on_ring(start + (end - start) * k / steps) for k in range(1, steps)]
        pieces = split(rest, left[::-1] + arc + right)
        rest = next(p for p in pieces if contains(p, CENTRE))
        blocks += [p for p in pieces if p is not rest]
    return blocks, rest


# --- cutting blocks into parcels ---------------------------------------------------------


def bent_line(middle, along, reach, bend, bends):
    """A line across a block through `middle`, slightly crooked or with a small step."""
    nx, ny = -along[1], along[0]
    step = dice.between(0.7, 2.2) * bend if dice.random() < 0.3 and bend < 1 else 0.0
    knee = dice.between(-0.25, 0.25) * reach
    out = []
    for k in range(bends + 2):
        t = -reach + 2 * reach * k / (bends + 1)
        side = (0 if k in (0, bends + 1) else dice.between(-bend, bend)) + (step if t > knee else 0)
        out.append((middle[0] + along[0] * t + nx * side, middle[1] + along[1] * t + ny * side))
    return out


def subdivide(poly, target, bend, strips=0.0):
    """Parcels of about `target(polygon)` square metres; `strips` is the chance of a long cut."""
    goal = target(poly)
    if area(poly) < 1.45 * goal:
        return [poly]
    for attempt in range(40):
        u, long, short, _ = box(poly)
        centre = centroid(poly)
        across = dice.random() > (strips if long < 2.6 * short else 0.0)
        axis = u if across else (-u[1], u[0])
        extent = long if across else short
        share = dice.between(-0.16, 0.16) * extent * (1 if area(poly) > 2.6 * goal else 0.35)
        tilt = dice.between(-0.1, 0.1) * (1 + attempt / 20) * (1 if bend < 1 else 1.8)
        cut = (-axis[1] * math.cos(tilt) - axis[0] * math.sin(tilt),
               axis[0] * math.cos(tilt) - axis[1] * math.sin(tilt))
        middle = (centre[0] + axis[0] * share, centre[1] + axis[1] * share)
        width = short if across else long
        bends = 1 + round(2 * width / (12 if bend < 1 else 34))
        line = bent_line(middle, cut, 0.8 * (long + short), bend, min(bends * 2, 14))
        pieces = split(poly, line, 1.0 if bend < 1 else 3.0)
        if len(pieces) == 2 and all(
            area(p) > 0.42 * goal and compactness(p) > 0.26 and is_simple(p) for p in pieces
        ):
            return [q for p in pieces for q in subdivide(p, target, bend, strips)]
    return [poly]


def spread(low, high):
    """A target that leans to small values; drawn anew for every piece."""
    return lambda poly: low + (high - low) * dice.random() ** 1.7


def front(blocks, road, width, depth, first, last):
    """Cuts the plots' depth along a road's vertices first..last: (fronts, the others)."""
    line = road[first:last]
    deep = [depth + dice.between(-3, 3) for _ in line]
    fronts = []
    for side in (1, -1):
        near = offset(line, side * (width / 2 - 2))
        far = offset(line, [side * (width / 2 + d) for d in deep])
        cut = [near[0]] + far + [near[-1]]
        rest = []
        for block in blocks:
            pieces = split(block, cut, 2.0)
            for p in pieces:
                q = inner_point(p)
                strip = len(pieces) > 1 and to_path(line, q) < width / 2 + depth + 1 \
                    and contains((cut if side < 0 else cut[::-1]), q)
                (fronts if strip else rest).append(p)
        blocks = rest
    return fronts, blocks


# --- the sheets ----------------------------------------------------------------------


class Sheet:
    def __init__(self, code, outline, holes=()):
        self.code, self.outline, self.holes = code, outline, holes
        self.parcels = []  # (label, kind, [rings of each part]) in metres
        self.spare = []    # polygons not yet numbered

    def roads(self, pieces):
        for p in pieces:
            self.add(f"STRADA{1 + self.count('road'):03}", "road", p)

    def waters(self, pieces):
        for p in pieces:
            self.add(f"ACQUA{1 + self.count('water'):03}", "water", p)

    def count(self, kind):
        return sum(k == kind for _, k, _ in self.parcels)

    def add(self, label, kind, *parts):
        parts = [p if isinstance(p[0], list) else [p] for p in parts]
        self.parcels.append((label, kind, parts))

    def number(self, start, pick):
        """Numbers the spare polygons from north to south; `pick` names some by position."""
        rows = sorted(self.spare, key=lambda p: (-round(centroid(p)[1] / 45), centroid(p)[0]))
        number = start
        for poly in rows:
            label = pick(poly)
            if label is None:
                label = str(number)
                number += 1 if dice.random() < 0.9 else 1 + dice.below(5)
            self.add(label, "parcel", poly)


def taken(sheet, test):
    """Takes the spare polygons that pass a test out of the sheet."""
    out = [p for p in sheet.spare if test(p)]
    sheet.spare = [p for p in sheet.spare if not test(p)]
    return out


def nearest(sheet, x, y):
    return min(sheet.spare, key=lambda p: math.dist(centroid(p), (x, y)))


def sheet3():
    sheet = Sheet("0003", SHEET3, (OLD_CENTRE,))
    blocks, road = sectors()
    sheet.add("STRADA001", "road", [road, OLD_CENTRE[::-1]])
    lane = curve([(692, 305), (702, 372), (742, 430), (800, 470)], 15, dice, 0.3)
    lanes, blocks = carve(blocks, lane, 4.5)
    track = curve([(268, 306), (300, 236), (286, 170), (330, 110), (318, -10)], 16, dice, 0.4)
    more, blocks = carve(blocks, track, 4.0)
    close = curve([(470, 324), (452, 268), (470, 226)], 12, dice, 0.2)
    dead_end, blocks = carve(blocks, close, 4.0)
    sheet.roads(lanes + more + dead_end)
    stream = curve([(126, 560), (150, 480), (186, 450), (176, 400), (132, 376), (150, 320),
                    (206, 282), (226, 228), (190, 196), (176, 150), (222, 112), (204, 20)], 11, dice, 0.5)
    water, blocks = carve(blocks, stream, [5.5 + 1.6 * math.sin(k) for k in range(len(stream))])
    sheet.waters(water)
    houses = []
    for (path, width), depth, last in zip(ROADS, (36, 32, 34, 36, 30), (22, 14, 15, 19, 13)):
        got, blocks = front(blocks, path, width, depth, 4, last)
        houses += got
    got, blocks = front(blocks, lane, 4.5, 30, 0, 10)
    houses += got
    for block in houses:
        sheet.spare += subdivide(block, spread(460, 1350), 0.35)
    for block in blocks:
        sheet.spare += subdivide(
            block, lambda p: dice.between(1200, 2600) if math.dist(centroid(p), CENTRE) < 150
            else dice.between(4200, 10500), 2.4, 0.45)
    return sheet


def sheet1():
    sheet = Sheet("0001", SHEET1)
    road, blocks = carve([SHEET1], NORTH_WEST, 6.0)
    sheet.roads(road)
    lanes, blocks = carve(blocks, CROSS_LANE[:-4], 4.2)
    sheet.roads(lanes)
    stream = curve([(352, 990), (330, 900), (352, 850), (322, 812), (270, 800), (262, 756), (286, 716),
                    (262, 640), (204, 610), (176, 640), (136, 622), (124, 566), (150, 480)], 11, dice, 0.5)
    water, blocks = carve(blocks, stream, [4.8 + 1.4 * math.sin(k) for k in range(len(stream))])
    sheet.waters(water)
    houses, blocks = front(blocks, NORTH_WEST, 6.0, 34, 2, 9)
    for block in houses:
        sheet.spare += subdivide(block, spread(600, 1500), 0.35)
    for block in blocks:
        sheet.spare += subdivide(block, spread(3000, 9500), 2.4, 0.5)
    return sheet


def sheet2():
    sheet = Sheet("0002", SHEET2)
    road, blocks = carve([SHEET2], NORTH, 6.5)
    sheet.roads(road)
    lane = curve([(655, 688), (730, 690), (810, 722), (900, 716), (1090, 760)], 17, dice, 0.4)
    lanes, blocks = carve(blocks, lane, 4.5)
    cross, blocks = carve(blocks, CROSS_LANE[8:], 4.2)
    sheet.roads(lanes + cross)
    houses, blocks = front(blocks, NORTH, 6.5, 34, 2, 11)
    for block in houses:
        sheet.spare += subdivide(block, spread(550, 1300), 0.35)
    for block in blocks:
        sheet.spare += subdivide(block, spread(3200, 10000), 2.4, 0.5)
    return sheet


def allegato():
    sheet = Sheet("0003A", OLD_CENTRE)
    alleys = [
        ([(440, 322), (500, 340), (545, 330), (590, 338), (650, 322)], 4.2),
        ([(566, 430), (560, 380), (548, 334), (552, 290), (538, 230)], 3.4),
        ([(500, 412), (512, 372), (508, 338)], 2.8),
        ([(586, 339.5), (597, 302), (588, 240)], 2.6),
    ]
    blocks = [OLD_CENTRE]
    for points, width in alleys:
        pieces, blocks = carve(blocks, curve(points, 9, dice, 0.3), width, 0.3)
        sheet.roads(pieces)
    square = split(max(blocks, key=lambda b: contains(b, (566, 352))),
                   [(556, 300), (552, 352), (566, 361), (583, 358), (587, 320)], 0.3)
    blocks = [b for b in blocks if not contains(b, (566, 352))]
    piazza = next(p for p in square if contains(p, (566, 350)))
    sheet.roads([piazza])
    for block in blocks + [p for p in square if p is not piazza]:
        sheet.spare += subdivide(block, spread(115, 345), 0.3)
    return sheet


# --- names, joints and files ------------------------------------------------------------


def finish(sheets):
    """Numbers the parcels, with the odd cases that a reader must know."""
    one, two, three, old = sheets
    # Two distant fields under one number, as two members (sheet 1).
    pair = [nearest(one, 180, 860), nearest(one, 420, 640)]
    one.spare = [p for p in one.spare if p not in pair]
    for p in pair:
        one.add("57", "parcel", p)
    one.number(1, lambda p: None)
    one.parcels = [(l if l != "57" or ps[0][0] in pair else "157", k, ps) for l, k, ps in one.parcels]
    # Two plots on either side of the road as one MultiSurface (sheet 2).
    twins = [nearest(two, 604, 600), nearest(two, 650, 598)]
    two.spare = [p for p in two.spare if p not in twins]
    two.add("88", "parcel", *twins)
    two.number(1, lambda p: None)
    two.parcels = [(l if l != "88" or len(ps) > 1 else "188", k, ps) for l, k, ps in two.parcels]
    # A subdivided plot: 123 and 123/A (sheet 3).
    slash = nearest(three, 640, 352)
    beside = min((p for p in three.spare if p is not slash and set(p) & set(slash)),
                 key=lambda p: abs(area(p) - area(slash)))
    three.number(21, lambda p: "123/A" if p is slash else "123" if p is beside else None)
    three.parcels = [(l if l != "123" or ps[0][0] is beside else "223", k, ps)
                     for l, k, ps in three.parcels]
    # The church is B; a courtyard parcel lies in a hole of the palace (allegato).
    palace = max((p for p in old.spare if compactness(p) > 0.6), key=area)
    middle = inner_point(palace)
    old.spare.remove(palace)
    court = [(middle[0] + 0.42 * to_boundary(palace, middle) * x,
              middle[1] + 0.42 * to_boundary(palace, middle) * y)
             for x, y in ((-1.5, -1), (0.2, -1.15), (1.4, -0.9), (1.3, 1), (-0.1, 1.1), (-1.4, 0.9))]
    church = min(old.spare, key=lambda p: math.dist(centroid(p), (575, 366)))
    old.add("300", "parcel", [palace, court[::-1]])
    old.number(301, lambda p: "B" if p is church else None)
    old.add("299", "parcel", court)


def joints(sheet):
    """Tells about two thirds of the T-junctions to the neighbour; the sheet's outline learns all.

    Returns (told, untold). An untold one lies within a millimetre of the neighbour's edge.
    """
    rings = [ring for _, _, parts in sheet.parcels for part in parts for ring in part]
    points = sorted({p for ring in rings for p in ring})
    told, untold, keep = 0, 0, {p: dice.random() < 0.66 for p in points}

    def tell(ring, choose):
        nonlocal told, untold
        out = []
        for a, b in edges(ring):
            out.append(a)
            between = []
            for p in points:
                if p in (a, b) or not min(a[0], b[0]) - 1 < p[0] < max(a[0], b[0]) + 1:
                    continue
                gap, t = to_segment(p, a, b)
                if gap < 0.002 and 0 < t < 1:
                    if choose and not keep[p]:
                        untold += 1
                    else:
                        told += choose
                        between.append((t, p))
            out += [p for _, p in sorted(between)]
        return out

    for _, _, parts in sheet.parcels:
        for part in parts:
            part[:] = [tell(ring, True) for ring in part]
    sheet.outline = tell(sheet.outline, False)
    sheet.holes = [tell(hole[::-1], False) for hole in sheet.holes]
    return told, untold


def to_ring(ring):
    out = []
    for x, y in ring:
        lat, lon = national.to_lat_lon(ORIGIN[0] + x, ORIGIN[1] + y)
        out.append((round(lat, 8), round(lon, 8)))
    return out


def code(sheet):
    """The sheet as a national reference writes it: X001_000300, X001_0003A0."""
    return f"{COMUNE}_{sheet.code}00" if len(sheet.code) == 4 else f"{COMUNE}_{sheet.code}0"


def write(sheets):
    parcels, zonings = [], []
    for sheet in sheets:
        for label, _, parts in sheet.parcels:
            key = (int("".join(c for c in label if c.isdigit()) or 0), label, sheet.code)
            second = any(key == k for k, _, _ in parcels)
            shape = [[to_ring(ring) for ring in part] for part in parts]
            reference = f"{code(sheet)}.{label}"
            parcels.append(((10**6,) if second else key,
                            national.parcel_member(reference, label, COMUNE, shape), shape))
        shape = [[to_ring(ring) for ring in (sheet.outline, *sheet.holes)]]
        label = sheet.code.lstrip("0")
        zonings.append((code(sheet), national.zoning_member(code(sheet), label, COMUNE, shape), shape))
    for suffix, rows in (("ple", parcels), ("map", zonings)):
        rows.sort(key=lambda row: row[0])
        national.write(HERE / f"{COMUNE}_{NAME}_{suffix}.gml", [row[1] for row in rows],
                       [ring for row in rows for part in row[2] for ring in part])


def expected(sheets, joints_of):
    """What tests may rely on; areas are exact, from the drawing itself."""
    def strip(one, other):
        return abs(area(one + other[::-1]))

    def at(p):
        lat, lon = national.to_lat_lon(ORIGIN[0] + p[0], ORIGIN[1] + p[1])
        found = [f"{code(s)}.{label}" for s in sheets for label, _, parts in s.parcels
                 for part in parts if contains(part[0], p) and not any(contains(h, p) for h in part[1:])]
        return {"lon": round(lon, 7), "lat": round(lat, 7), "references": sorted(found)}

    def where(sheet, label, part=0):
        s = next(s for s in sheets if s.code == sheet)
        rings = [parts for l, _, parts in s.parcels if l == label]
        rings = [r for parts in rings for r in parts][part]
        return at(inner_point(rings[0], rings[1:]))

    def between(one, other, k):
        return at(((one[k][0] + other[k][0]) / 2, (one[k][1] + other[k][1]) / 2))

    labels = [(s.code, label) for s in sheets for label, _, _ in s.parcels]
    rings = [ring for s in sheets for _, kind, parts in s.parcels if kind == "parcel"
             for part in parts for ring in part]
    plain = next(label for label, kind, parts in sheets[2].parcels
                 if kind == "parcel" and len(label) < 4 and area(parts[0][0]) > 3000)
    return {
        "about": "what data/borgochiaro/make.py drew; references at a place are sorted",
        "members": {"parcels": len(labels), "zonings": len(sheets)},
        "features": len(set(labels)),
        "vertices_per_parcel_ring": round(sum(map(len, rings)) / len(rings), 1),
        "sheets": {
            code(s): {
                "features": len({label for label, _, _ in s.parcels}),
                "parcels": len({label for label, kind, _ in s.parcels if kind == "parcel"}),
                "roads": s.count("road"),
                "waters": s.count("water"),
                "area_m2": round(area(s.outline) + sum(area(h) for h in s.holes), 1),
                "t_junctions_told_to_the_neighbour": told,
                "t_junctions_untold": untold,
            } for s, (told, untold) in zip(sheets, joints_of)
        },
        "overlap_of_sheets_1_and_2_m2": round(strip(B12, B12_OF_2), 1),
        "gap_between_sheets_2_and_3_m2": round(strip(B23, B23_OF_2), 1),
        "places": {
            "plain_parcel": where("0003", plain),
            "overlap_of_two_sheets": between(B12, B12_OF_2, 5),
            "gap_between_two_sheets": between(B23, B23_OF_2, 27),
            "road": where("0002", "STRADA001"),
            "water": where("0001", "ACQUA001"),
            "multisurface_first_part": where("0002", "88"),
            "multisurface_second_part": where("0002", "88", 1),
            "two_members_first": where("0001", "57"),
            "two_members_second": where("0001", "57", 1),
            "parcel_with_a_hole": where("0003A", "300"),
            "in_the_hole": where("0003A", "299"),
            "slash_in_the_number": where("0003", "123/A"),
            "letter_for_a_number": where("0003A", "B"),
            "outside": at((-60, 900)),
        },
    }


def main():
    sheets = [sheet1(), sheet2(), sheet3(), allegato()]
    finish(sheets)
    joints_of = [joints(sheet) for sheet in sheets]
    for sheet in sheets:
        for label, _, parts in sheet.parcels:
            for ring in (ring for part in parts for ring in part):
                if not is_simple(ring):
                    raise ValueError(f"the ring of {code(sheet)}.{label} crosses itself")
    write(sheets)
    text = json.dumps(expected(sheets, joints_of), indent=2)
    (HERE / "expected.json").write_text(text + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
