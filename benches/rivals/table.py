"""Prints the markdown table of some figures, the median of all runs: table.py FIGURES PARCELS."""

import collections
import statistics
import sys

figures, parcels = sys.argv[1:]
runs = collections.defaultdict(list)
for line in open(figures):
    name, coding, clients, memory, *numbers = line.split()
    runs[coding, int(clients), name].append([float(memory), *map(float, numbers)])
print(f"{parcels} parcels, replay of z14-z18, one core for the server and one for the client\n")
print("| coding | clients | server | requests/s | p50 ms | p99 ms | bytes | memory MB | failed |")
print("|---|---|---|---|---|---|---|---|---|")
for (coding, clients, name), rows in runs.items():
    memory, rate, p50, p99, size, bad = (statistics.median(column) for column in zip(*rows))
    print(
        f"| {coding} | {clients} | {name} | {rate:,.0f} | {p50:.2f} | {p99:.2f} "
        f"| {size:,.0f} | {memory:,.0f} | {bad:,.0f} |"
    )
