"""Writes the replay of tiles for wrk, a sample of them, and all: tiles.py LUA SAMPLE EVERY W S E N."""

import math
import random
import sys

lua, sample, every, *box = sys.argv[1:]
west, south, east, north = map(float, box)


def at(z, lon, lat):
    n = 2**z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return x, y


# Like people who look at parcels: deep zooms more often; the same in every run.
dice = random.Random(20261124)
tiles = []
for _ in range(4000):
    z = dice.choice([14, 15, 16, 16, 17, 17, 17, 18, 18])
    tiles.append((z, *at(z, dice.uniform(west, east), dice.uniform(south, north))))

with open(sample, "w") as out:
    for z, x, y in dice.sample(tiles, 60):
        out.write(f"{z} {x} {y}\n")

with open(every, "w") as out:
    for z, x, y in tiles:
        out.write(f"{z} {x} {y}\n")

# Requests are written once, before the clock runs: the client has one core and few cycles to spare.
with open(lua, "w") as out:
    out.write("local tiles = {\n")
    for z, x, y in tiles:
        out.write(f'{{"{z}","{x}","{y}"}},\n')
    out.write(
        """}
local at, requests = 0, {}
function init(args)
  local path = args[1]:match("http://[^/]+(/.*)")
  local tags = args[3] and io.lines(args[3])
  for number, t in ipairs(tiles) do
    local headers = { ["Host"] = "127.0.0.1", ["Accept-Encoding"] = args[2] }
    if tags then headers["If-None-Match"] = tags() end
    local to = path:gsub("{z}", t[1]):gsub("{x}", t[2]):gsub("{y}", t[3])
    requests[number] = wrk.format("GET", to, headers)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  local bad = errors.status + errors.timeout + errors.read + errors.write + errors.connect
  local rate = summary.requests / (summary.duration / 1e6)
  print(string.format("figures %.1f %.3f %.3f %d %d", rate, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.bytes / math.max(summary.requests, 1), bad))
end
"""
    )
