import type { LngLat, Map as MapView, Point } from 'maplibre-gl';
import type { By, Selection } from './select.ts';

/**
 * Gives the map its keys: Enter or Space chooses the place under the crosshair, Escape takes
 * the choice away, `?` shows the list of keys. Arrows, plus and minus are MapLibre's own.
 */
export function giveKeys(
  map: MapView,
  choose: (point: Point, position: LngLat, by: By) => void,
  selection: Selection,
  dialog: HTMLDialogElement,
  opener: HTMLButtonElement,
): void {
  const canvas = map.getCanvas();
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (event.repeat) return;
      const center = map.getCenter();
      choose(map.project(center), center, 'keyboard');
    }
  });
  document.addEventListener('keydown', (event) => {
    if (dialog.open || event.ctrlKey || event.altKey || event.metaKey) return;
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '?' && !isTyping) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.key === 'Escape' && !isTyping && selection.isActive()) {
      const hadFocus = document.activeElement?.closest('.map-panel');
      selection.clear();
      if (hadFocus) canvas.focus();
    }
  });
  opener.hidden = false;
  opener.addEventListener('click', () => dialog.showModal());
}
