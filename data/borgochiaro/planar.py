"""Plane geometry for the invented sample: lines, strips and the splitting of polygons.

Everything is metric (x east, y north). A polygon is a list of points, counter-clockwise,
without the closing point; a path is an open list of points. Standard library only.
"""

import math


class Dice:
    """A small linear congruential generator: the same numbers on every Python, for ever."""

    def __init__(self, seed):
        self.state = seed

    def random(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def between(self, low, high):
        return low + (high - low) * self.random()

    def below(self, n):
        return int(self.random() * n)


# --- measures ----------------------------------------------------------------------


def area(poly):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(poly)) / 2


def edges(poly):
    return list(zip(poly, poly[1:] + poly[:1]))


def perimeter(poly):
    return sum(math.dist(a, b) for a, b in edges(poly))


def compactness(poly):
    """1 for a circle, 0.785 for a square, near 0 for a sliver."""
    return 4 * math.pi * area(poly) / perimeter(poly) ** 2


def contains(poly, p):
    x, y = p
    inside = False
    for (ax, ay), (bx, by) in edges(poly):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def to_segment(p, a, b):
    """Distance of a point from a segment, and where along it (0 to 1) the foot lies."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2
    t = min(1.0, max(0.0, t))
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy), t


def to_boundary(poly, p):
    return min(to_segment(p, a, b)[0] for a, b in edges(poly))


def to_path(path, p):
    return min(to_segment(p, a, b)[0] for a, b in zip(path, path[1:]))


def centroid(poly):
    a = area(poly)
    cx = sum((p[0] + q[0]) * (p[0] * q[1] - q[0] * p[1]) for p, q in edges(poly))
    cy = sum((p[1] + q[1]) * (p[0] * q[1] - q[0] * p[1]) for p, q in edges(poly))
    return cx / (6 * a), cy / (6 * a)


def inner_point(poly, holes=()):
    """A point well inside: the middle of the widest of eleven horizontal cuts."""
    ys = [p[1] for p in poly]
    best = (0.0, None)
    for k in range(1, 12):
        y = min(ys) + (max(ys) - min(ys)) * (k / 12 + 0.0007)
        cuts = []
        for ring in (poly, *holes):
            for (ax, ay), (bx, by) in edges(ring):
                if (ay > y) != (by > y):
                    cuts.append(ax + (y - ay) * (bx - ax) / (by - ay))
        cuts.sort()
        for left, right in zip(cuts[::2], cuts[1::2]):
            p = ((left + right) / 2, y)
            room = min(to_boundary(ring, p) for ring in (poly, *holes))
            if room > best[0]:
                best = (room, p)
    return best[1]


def is_simple(poly):
    """Whether no two edges cross and no point comes twice."""
    if len(set(poly)) != len(poly) or len(poly) < 3:
        return False
    es = edges(poly)
    for i, (a, b) in enumerate(es):
        for j in range(i + 2, len(es)):
            if i == 0 and j == len(es) - 1:
                continue
            if crossing(a, b, *es[j]):
                return False
    return True


def crossing(a, b, c, d):
    """Where two segments cross: (share of ab, share of cd), or None."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    det = rx * sy - ry * sx
    if abs(det) < 1e-12:
        return None
    u = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / det
    v = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / det
    return (u, v) if -1e-12 <= u <= 1 + 1e-12 and -1e-12 <= v <= 1 + 1e-12 else None


# --- lines -------------------------------------------------------------------------


def curve(points, step, dice=None, jitter=0.0):
    """A Catmull-Rom curve through the points, a vertex about every `step` metres."""
    ends = [points[0]] + list(points) + [points[-1]]
    out = [points[0]]
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:]):
        n = max(1, round(math.dist(p1, p2) / step))
        for k in range(1, n + 1):
            t = k / n
            x, y = (
                0.5 * (2 * q1 + (q2 - q0) * t + (2 * q0 - 5 * q1 + 4 * q2 - q3) * t**2
                       + (3 * q1 - q0 - 3 * q2 + q3) * t**3)
                for q0, q1, q2, q3 in zip(p0, p1, p2, p3)
            )
            if dice and k < n:
                x += dice.between(-jitter, jitter)
                y += dice.between(-jitter, jitter)
            out.append((x, y))
    return out


def offset(path, distance):
    """The path moved to its left (to its right when negative); distance per vertex or one."""
    out = []
    for i, (x, y) in enumerate(path):
        before, after = path[max(0, i - 1)], path[min(len(path) - 1, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy)
        d = distance[i] if isinstance(distance, list) else distance
        out.append((x - dy / length * d, y + dx / length * d))
    return out


# --- splitting ---------------------------------------------------------------------


def split(poly, path, snap=0.5):
    """The pieces into which a path cuts a polygon; the path's ends lie outside it.

    Both pieces carry the very same points along the cut. A cut that arrives within `snap`
    metres of a vertex ends there. The neighbour beyond the edge where a cut ends is not
    told of it: that is how the sample gets its T-junctions.
    """
    hits = []
    for i, (a, b) in enumerate(zip(path, path[1:])):
        for j, (c, d) in enumerate(edges(poly)):
            at = crossing(a, b, c, d)
            if not at:
                continue
            p = (c[0] + at[1] * (d[0] - c[0]), c[1] + at[1] * (d[1] - c[1]))
            place = j + at[1]
            if math.dist(p, c) < snap and math.dist(p, c) <= math.dist(p, d):
                p, place = c, j
            elif math.dist(p, d) < snap:
                p, place = d, (j + 1) % len(poly)
            hits.append((i + at[0], place, p))
    hits.sort()
    for (s1, at1, p1), (s2, at2, p2) in zip(hits, hits[1:]):
        if p1 == p2:
            continue
        inner = [path[k] for k in range(math.floor(s1) + 1, math.ceil(s2))]
        inner = [q for q in inner if math.dist(q, p1) > 0.02 and math.dist(q, p2) > 0.02]
        cut = [p1] + inner + [p2]
        probes = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(cut, cut[1:])] + inner
        if not all(contains(poly, q) for q in probes):
            continue
        if max(to_boundary(poly, q) for q in probes) < 0.1:
            continue
        first = walk(poly, at1, at2, p1, p2) + inner[::-1]
        second = walk(poly, at2, at1, p2, p1) + inner
        if min(area(first), area(second)) < 0.05:
            continue
        return split(first, path, snap) + split(second, path, snap)
    return [poly]


def walk(poly, start, end, p, q):
    """The boundary from p (at position `start`) forward to q, both included."""
    n = len(poly)
    if end <= start:
        end += n
    between = [poly[k % n] for k in range(math.floor(start) + 1, math.ceil(end))]
    return [p] + [v for v in between if v not in (p, q)] + [q]


def carve(polys, line, width, snap=0.5):
    """Cuts a strip along a line out of polygons; returns (pieces of the strip, the others).

    `width` is one number or one per vertex of the line. A line that ends inside a polygon
    makes a dead end there.
    """
    widths = width if isinstance(width, list) else [width] * len(line)
    half = [w / 2 for w in widths]
    around = offset(line, half) + offset(line, [-h for h in half])[::-1]
    inside, rest = [], []
    for poly in polys:
        if not contains(poly, line[-1]) and not contains(poly, line[0]):
            pieces = [q for p in split(poly, around[: len(line)], snap)
                      for q in split(p, around[len(line):], snap)]
        else:
            ring = around if contains(poly, line[-1]) else around[len(line):] + around[: len(line)]
            pieces = split(poly, ring, snap)
        for piece in pieces:
            (inside if contains(around, inner_point(piece)) else rest).append(piece)
    return inside, rest


def box(poly):
    """The smallest oriented box: (long unit vector, long extent, short extent, centre)."""
    best = None
    for a, b in edges(poly):
        length = math.dist(a, b)
        if length < 1e-6:
            continue
        ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        us = [p[0] * ux + p[1] * uy for p in poly]
        vs = [p[1] * ux - p[0] * uy for p in poly]
        w, h = max(us) - min(us), max(vs) - min(vs)
        if best is None or w * h < best[0]:
            mu, mv = (max(us) + min(us)) / 2, (max(vs) + min(vs)) / 2
            centre = (mu * ux - mv * uy, mu * uy + mv * ux)
            best = (w * h, (ux, uy), w, h, centre)
    _, u, w, h, centre = best
    return (u, w, h, centre) if w >= h else ((-u[1], u[0]), h, w, centre)
