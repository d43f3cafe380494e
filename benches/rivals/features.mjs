// Prints the parcels of each tile of a sample, by an independent decoder: features.mjs PATTERN SAMPLE.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { VectorTile } = require('@mapbox/vector-tile');
const pbf = require('pbf');
const Reader = pbf.PbfReader ?? pbf.default ?? pbf;
const [pattern, sample] = process.argv.slice(2);
for (const line of readFileSync(sample, 'utf8').trim().split('\n')) {
  const [z, x, y] = line.split(' ');
  const url = pattern.replace('{z}', z).replace('{x}', x).replace('{y}', y);
  const answer = await fetch(url);
  if (!answer.ok && answer.status !== 204) throw new Error(`${url}: ${answer.status}`);
  const tile = new VectorTile(new Reader(new Uint8Array(await answer.arrayBuffer())));
  const [layer] = Object.values(tile.layers);
  const references = [];
  for (let index = 0; index < (layer?.length ?? 0); index += 1) {
    const { reference, number, kind } = layer.feature(index).properties;
    references.push(`${reference}|${number}|${kind}`);
  }
  console.log(`${z}/${x}/${y} ${references.sort().join(' ')}`);
}
