// Reads tiles by @mapbox/vector-tile: one JSON document for the files named on the command line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const load = async (name) => import(require.resolve(name));
const { VectorTile } = await load('@mapbox/vector-tile');
const pbf = await load('pbf');
const Reader = pbf.PbfReader ?? pbf.default ?? pbf.Pbf;

const read = (path) => {
  const tile = new VectorTile(new Reader(readFileSync(path)));
  return Object.values(tile.layers).map((layer) => ({
    name: layer.name,
    version: layer.version,
    extent: layer.extent,
    features: Array.from({ length: layer.length }, (_, index) => {
      const feature = layer.feature(index);
      return {
        id: feature.id ?? 0,
        type: feature.type,
        properties: feature.properties,
        paths: feature.loadGeometry().map((path) => path.map(({ x, y }) => [x, y])),
      };
    }),
  }));
};

process.stdout.write(JSON.stringify(process.argv.slice(2).map(read)));
