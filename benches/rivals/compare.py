"""Compares two outputs of features.mjs: compare.py OURS THEIRS.

Both have to name the same parcels. Parcels below a pixel (8 x 8 units) may be drawn as one by us;
what only touches the edge of the buffer (under a unit) may be in one and not in the other.
"""

import sys


def read(path):
    tiles = {}
    for line in open(path):
        address, *parcels = line.split()
        named = (parcel.rsplit("=", 1) for parcel in parcels)
        tiles[address] = {name: float(area) for name, area in named}
    return tiles


ours, theirs = (read(path) for path in sys.argv[1:])
shared = merged = touching = 0
wrong = []
for address, theirs_here in theirs.items():
    here = ours[address]
    for name, area in theirs_here.items():
        if name in here:
            shared += 1
        elif area < 64 and "merged" in here:
            merged += 1
        elif area < 2:
            touching += 1
        else:
            wrong.append(f"{address}: {name} of {area:.0f} square units is not in ours")
    for name, area in here.items():
        if name != "merged" and name not in theirs_here:
            if area < 2:
                touching += 1
            else:
                wrong.append(f"{address}: {name} of {area:.0f} square units is not in theirs")
print(f"{len(theirs)} tiles, {shared} parcels in both, {merged} below a pixel drawn as one, "
      f"{touching} that only touch the buffer")
print("\n".join(wrong[:5]))
sys.exit(1 if wrong else 0)
