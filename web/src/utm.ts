/** Metres to the east and to the north in a UTM zone. */
export type EastNorth = [east: number, north: number];

const A = 6378137;
const F = 1 / 298.257222101;
const SCALE = 0.9996;
const FALSE_EAST = 500_000;

const N = F / (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3,
  (61 / 240) * N ** 3,
];

/** EPSG codes of the Italian storage systems, with their UTM zones. */
const ZONES: Record<number, number> = {
  7791: 32,
  7792: 33,
  7793: 34,
  25832: 32,
  25833: 33,
  25834: 34,
  32632: 32,
  32633: 33,
  32634: 34,
};

/** Returns the UTM zone of a storage system; `undefined` when it is none on this ellipsoid. */
export function zoneOf(srid: number): number | undefined {
  return ZONES[srid];
}

/**
 * Returns a place in a UTM zone of the northern half (Krüger's series to the third order: below
 * a millimetre within the zone). Lengths and areas in it are those of the server's storage CRS.
 */
export function toUtm(zone: number, lon: number, lat: number): EastNorth {
  const lambda = ((lon - (zone * 6 - 183)) * Math.PI) / 180;
  const phi = (lat * Math.PI) / 180;
  const e = (2 * Math.sqrt(N)) / (1 + N);
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi)));
  const xi = Math.atan2(t, Math.cos(lambda));
  const eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, t));
  let x = eta;
  let y = xi;
  ALPHA.forEach((alpha, index) => {
    const order = 2 * (index + 1);
    x += alpha * Math.cos(order * xi) * Math.sinh(order * eta);
    y += alpha * Math.sin(order * xi) * Math.cosh(order * eta);
  });
  return [FALSE_EAST + SCALE * RADIUS * x, SCALE * RADIUS * y];
}

/** Returns the length of a line in metres. */
export function lengthOf(line: readonly EastNorth[]): number {
  let sum = 0;
  for (let index = 1; index < line.length; index++) {
    const [east, north] = line[index]!;
    const [fromEast, fromNorth] = line[index - 1]!;
    sum += Math.hypot(east - fromEast, north - fromNorth);
  }
  return sum;
}

/** Returns the area within a line, closed from its end to its start, in square metres. */
export function areaOf(ring: readonly EastNorth[]): number {
  const [origin] = ring;
  if (!origin) return 0;
  let sum = 0;
  ring.forEach(([east, north], index) => {
    const [nextEast, nextNorth] = ring[(index + 1) % ring.length]!;
    sum +=
      (east - origin[0]) * (nextNorth - origin[1]) - (nextEast - origin[0]) * (north - origin[1]);
  });
  return Math.abs(sum) / 2;
}

/** Returns the longitude and latitude of a place in a UTM zone, to a millimetre. */
export function fromUtm(zone: number, east: number, north: number): [lon: number, lat: number] {
  // Newton's steps over the way there: its slopes change little within metres.
  let lon = zone * 6 - 183;
  let lat = (north / (SCALE * RADIUS)) * (180 / Math.PI);
  const step = 1e-6;
  for (let round = 0; round < 6; round++) {
    const [e, n] = toUtm(zone, lon, lat);
    const [eLon, nLon] = toUtm(zone, lon + step, lat);
    const [eLat, nLat] = toUtm(zone, lon, lat + step);
    const [a, b, c, d] = [eLon - e, eLat - e, nLon - n, nLat - n].map((v) => v / step) as [
      number,
      number,
      number,
      number,
    ];
    const det = a * d - b * c;
    const [dE, dN] = [east - e, north - n];
    lon += (d * dE - b * dN) / det;
    lat += (a * dN - c * dE) / det;
  }
  return [lon, lat];
}
