import type { Map as MapView } from 'maplibre-gl';

/** The style is asked for again at most this often. */
const PAUSE_MS = 5000;
/** The data that the tiles of this style are made of were replaced. */
const GONE = 410;

/** Reloads the style when a tile answers that its version is gone, so that a map is never mixed. */
export function refreshOn(map: MapView, style: () => string, refreshed: () => void): void {
  let last = -PAUSE_MS;
  let timer = 0;
  const reload = (): void => {
    timer = 0;
    last = performance.now();
    map.once('style.load', refreshed);
    map.setStyle(style(), { diff: false });
  };
  map.on('error', (event) => {
    const status = (event.error as { status?: number } | undefined)?.status;
    if (status !== GONE || timer !== 0) return;
    timer = window.setTimeout(reload, Math.max(0, last + PAUSE_MS - performance.now()));
  });
}
