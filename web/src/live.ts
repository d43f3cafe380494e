import type { Map as MapView } from 'maplibre-gl';

/** Live layers that are drawn are looked at again this often. */
const EVERY_MS = 10_000;

/**
 * Keeps live layers current: their tiles are asked for again while they are drawn and the page is
 * looked at. What has not changed is answered 304 and costs next to nothing.
 */
export function liveOn(map: MapView, side: HTMLElement, isOn: (layer: string) => boolean): void {
  const rows = [...side.querySelectorAll<HTMLElement>('[data-live]')];
  const layers = rows.map((row) => ({
    id: row.dataset['layer'] ?? '',
    source: row.dataset['live'] ?? '',
  }));
  if (layers.length === 0) return;
  const look = (): void => {
    if (document.hidden) return;
    for (const { id, source } of layers) {
      if (isOn(id) && map.getSource(source)) map.refreshTiles(source);
    }
  };
  window.setInterval(look, EVERY_MS);
  // Back from the page of a practice, something may have happened to it.
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) look();
  });
}
