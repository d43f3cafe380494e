import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { publish } from './build/publish.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// One module for the map, one stylesheet for every page, MapLibre's own stylesheet
// for the map page. Names carry a hash of the content: the server sends them as immutable.
export default defineConfig({
  base: '/assets/',
  publicDir: false,
  plugins: [publish({ icon: here('src/icon.svg') })],
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: 'worker-[hash].js' } },
  },
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        loadPaths: [here('node_modules')],
        // bootstrap-italia is written with @import.
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      },
    },
  },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    target: 'es2022',
    rolldownOptions: {
      input: {
        map: here('src/map.ts'),
        form: here('src/form.ts'),
        draw: here('src/draw.ts'),
        upload: here('src/upload.ts'),
        site: here('scss/site.scss'),
        maplibre: here('scss/maplibre.scss'),
      },
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
});
