import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** The addresses that the server reads from `manifest.json` when it starts. */
interface Manifest {
  site_css: string;
  map_css: string;
  map_js: string;
  form_js: string;
  draw_js: string;
  upload_js: string;
  font: string;
  icon: string;
}

const COMPRESSED = new Set(['.css', '.js', '.svg']);

/**
 * Writes `manifest.json`, and a `.gz` and a `.br` beside each file that gets smaller by it,
 * so that the server compresses nothing while it answers.
 */
export function publish(options: { icon: string }): Plugin {
  let folder = 'dist';
  return {
    name: 'publish',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    generateBundle() {
      this.emitFile({
        type: 'asset',
        name: 'icon.svg',
        source: readFileSync(options.icon, 'utf8'),
      });
    },
    closeBundle() {
      const files = readdirSync(folder);
      const address = (start: string, end: string): string => {
        const found = files.filter((name) => name.startsWith(start) && name.endsWith(end));
        if (found.length !== 1 || found[0] === undefined) {
          throw new Error(`expected one file ${start}*${end}, found ${found.join(', ')}`);
        }
        return `/assets/${basename(found[0])}`;
      };
      const manifest: Manifest = {
        site_css: address('site-', '.css'),
        map_css: address('maplibre-', '.css'),
        map_js: address('map-', '.js'),
        form_js: address('form-', '.js'),
        draw_js: address('draw-', '.js'),
        upload_js: address('upload-', '.js'),
        font: address('titillium-web-latin-400-normal-', '.woff2'),
        icon: address('icon-', '.svg'),
      };
      writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      for (const name of files.filter((file) => COMPRESSED.has(extname(file)))) {
        const content = readFileSync(join(folder, name));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
      }
    },
  };
}
