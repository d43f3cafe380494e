// Writes the parcels of each tile of a sample, by an independent decoder: features.mjs PATTERN
// SAMPLE. A line a tile: its address, then each parcel with its area in square units of the tile.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { VectorTile } = require('@mapbox/vector-tile');
const pbf = require('pbf');
const Reader = pbf.PbfReader ?? pbf.default ?? pbf;
const [pattern, sample] = process.argv.slice(2);

function area(rings) {
  let twice = 0;
  for (const ring of rings) {
    for (let at = 0; at + 1 < ring.length; at += 1) {
      twice += ring[at].x * ring[at + 1].y - ring[at + 1].x * ring[at].y;
    }
  }
  return Math.abs(twice) / 2;
}

for (const line of readFileSync(sample, 'utf8').trim().split('\n')) {
  const [z, x, y] = line.split(' ');
  const url = pattern.replace('{z}', z).replace('{x}', x).replace('{y}', y);
  const answer = await fetch(url);
  if (!answer.ok && answer.status !== 204) throw new Error(`${url}: ${answer.status}`);
  const tile = new VectorTile(new Reader(new Uint8Array(await answer.arrayBuffer())));
  const layer = Object.entries(tile.layers).find(([name]) => !name.startsWith('mappale.'))?.[1];
  const parcels = [];
  for (let index = 0; index < (layer?.length ?? 0); index += 1) {
    const feature = layer.feature(index);
    const { reference, number, kind } = feature.properties;
    const name = reference === undefined ? 'merged' : `${reference}|${number}|${kind}`;
    parcels.push(`${name}=${area(feature.loadGeometry())}`);
  }
  console.log(`${z}/${x}/${y} ${parcels.sort().join(' ')}`);
}
