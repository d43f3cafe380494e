import type { Map as MapView } from 'maplibre-gl';
import { fetchFragment } from './card.ts';
import type { Panel } from './panel.ts';
import type { Selection } from './select.ts';

/** The map has to stand still for so long before its parcels are listed. */
const PAUSE_MS = 350;

/** The list of parcels in view: the map without the map. */
export interface InView {
  /** Lists the parcels now, if the list is shown. */
  refresh(): void;
  /** Ticks the boxes of what is chosen. */
  tick(): void;
}

/** Keeps the list of parcels in view, and chooses what is ticked in it. */
export function inViewOn(
  map: MapView,
  body: HTMLElement,
  panel: Panel,
  selection: Selection,
  prefix: string,
  minZoom: () => number,
): InView {
  let request: AbortController | undefined;
  let timer = 0;

  const tick = (): void => {
    for (const box of body.querySelectorAll<HTMLInputElement>('[data-view-list] input')) {
      box.checked = selection.has(box.value);
    }
  };
  const list = async (): Promise<void> => {
    const place = body.querySelector<HTMLElement>('[data-view-list]');
    if (!place) return;
    request?.abort();
    if (map.getZoom() < minZoom()) {
      place.replaceChildren();
      return;
    }
    const mine = new AbortController();
    request = mine;
    const bounds = map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const page = `${prefix}/particelle?bbox=${box.map((value) => value.toFixed(6)).join(',')}`;
    try {
      const parcels = await fetchFragment(page, '.view-parcels', mine.signal);
      if (mine.signal.aborted) return;
      const held =
        document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
      const value = held && place.contains(held) ? held.value : undefined;
      place.replaceChildren(parcels);
      tick();
      if (value === undefined) return;
      const same = [...place.querySelectorAll('input')].find((box) => box.value === value);
      (same ?? place.querySelector('input'))?.focus();
    } catch {
      // The list is gone for this view; the next move asks again.
      if (!mine.signal.aborted) place.replaceChildren();
    }
  };
  const refresh = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (panel.isList()) void list();
    }, PAUSE_MS);
  };
  map.on('moveend', refresh);
  body.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.closest('[data-view-list]')) return;
    const title = box.labels?.[0]?.querySelector('span')?.textContent ?? box.value;
    const layer = box.dataset['layer'] ?? '';
    const id = Number(box.dataset['id']);
    selection.tick({ layer, id, reference: box.value }, title, box.checked);
  });
  return { refresh, tick };
}
