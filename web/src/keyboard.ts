import type { LngLat, Map as MapView, Point } from 'maplibre-gl';
import type { Coordinates } from './coordinates.ts';
import type { Measure } from './measure.ts';
import type { By, Selection } from './select.ts';

/** What the keys act on. */
export interface Hands {
  map: MapView;
  choose(point: Point, position: LngLat, by: By, add: boolean): void;
  selection: Selection;
  measure: Measure | undefined;
  coordinates: Coordinates;
  /** Brings the focus to the list of parcels in view. */
  toList(): void;
  search: HTMLInputElement;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/**
 * Gives the map its keys: Enter or Space chooses the place under the crosshair, with Shift beside
 * what is chosen, Escape takes the choice away, `?` shows the list of keys. Letters work only
 * while the map has the focus, so that they disturb no other program that listens to keys.
 * Arrows, plus and minus are MapLibre's own.
 */
export function giveKeys(hands: Hands, dialog: HTMLDialogElement, opener: HTMLElement): void {
  const { map, selection, measure } = hands;
  const canvas = map.getCanvas();
  canvas.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const center = map.getCenter();
    const key = event.key.toLowerCase();
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (event.repeat) return;
      if (measure?.isOn()) measure.add(center);
      else hands.choose(map.project(center), center, 'keyboard', event.shiftKey);
    } else if (event.key === 'Backspace' && measure?.isOn()) {
      event.preventDefault();
      measure.undo();
    } else if (key === 'l') {
      event.preventDefault();
      hands.toList();
    } else if (key === 'm' && measure) {
      event.preventDefault();
      measure.toggle();
    } else if (key === 'c') {
      event.preventDefault();
      hands.coordinates.open();
    } else if (key === '/') {
      event.preventDefault();
      hands.search.focus();
      hands.search.select();
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector('dialog[open]') || isTyping(event.target)) return;
    if (event.key === '?') {
      event.preventDefault();
      dialog.showModal();
    } else if (event.key === 'Escape' && measure?.isOn()) {
      measure.stop();
    } else if (event.key === 'Escape' && selection.isActive()) {
      const hadFocus = document.activeElement?.closest('.map-panel');
      selection.clear();
      if (hadFocus) canvas.focus();
    }
  });
  opener.addEventListener('click', () => dialog.showModal());
}
