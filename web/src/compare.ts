import { Map as MapView } from 'maplibre-gl';
import type { Announce } from './announce.ts';
import { type Highlight, highlightOn } from './highlight.ts';
import { type Styled, styledOn } from './styled.ts';
import type { Text } from './texts.ts';

/** What stands on the right: a day (`2020-01-01`), `adottato`, or a theme (`tema.vincoli`). */
export type Other = string;

/** Two maps behind one: the right part shows another day, another plan or another theme. */
export interface Compare {
  /** Takes what an address says; `undefined` ends the comparison. */
  restore(other: Other | undefined): void;
  /** Returns whether two maps are compared. */
  isOn(): boolean;
  /** Draws the layers and the look of the left map on the right one too. */
  follow(): void;
  /** Ends it. */
  stop(): void;
}

/** What a comparison works with. */
export interface Sides {
  map: MapView;
  container: HTMLElement;
  box: HTMLElement;
  opener: HTMLButtonElement;
  text: Text;
  announce: Announce;
  /** The address of the style of another day; the usual one for `undefined`. */
  style(date: string | undefined, adopted: boolean): string;
  /** The layers that the left map draws. */
  layers(): Set<string>;
  /** The layers that a theme draws. */
  layersOf(theme: string): Set<string>;
  /** Takes the highlight of the right map, so that it marks what the left one does. */
  mirror(highlight: Highlight | undefined): void;
  /** Told of each choice, for the address. */
  changed(other: Other | undefined): void;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Serves the comparison: a box with the choice, and a divider to drag, to click or to key. */
export function compareOn(sides: Sides): Compare {
  const { map, container, box, opener, text, announce } = sides;
  const choice = box.querySelector<HTMLSelectElement>('#compare-what')!;
  const day = box.querySelector<HTMLInputElement>('#compare-day')!;
  const range = box.querySelector<HTMLInputElement>('#compare-at')!;
  const field = day.closest<HTMLElement>('.compare-day')!;
  let second: MapView | undefined;
  let styled: Styled | undefined;
  let current: Other | undefined;
  let handle: HTMLElement | undefined;
  let frame: HTMLElement | undefined;

  const place = (): void => {
    const at = Number(range.value);
    if (!frame || !handle) return;
    const x = Math.round((container.clientWidth * at) / 100);
    frame.style.clipPath = `inset(0 0 0 ${x}px)`;
    handle.style.transform = `translateX(${x}px)`;
    range.setAttribute('aria-valuetext', text('map-compare-share').replace('%1', String(at)));
  };
  const follow = (): void => {
    second?.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
  };
  const nameOf = (other: Other): string => {
    if (DAY.test(other)) {
      const lang = document.documentElement.lang;
      const date = new Date(`${other}T12:00:00`);
      return new Intl.DateTimeFormat(lang, { dateStyle: 'long' }).format(date);
    }
    const option = [...choice.options].find((one) => one.value === other);
    return option?.textContent.trim() ?? other;
  };
  const label = (words: string, side: string): HTMLElement => {
    const element = document.createElement('p');
    element.className = `compare-label compare-${side}`;
    element.textContent = words;
    element.setAttribute('aria-hidden', 'true');
    return element;
  };
  const layersOn = (other: Other): Set<string> =>
    other.startsWith('tema.') ? sides.layersOf(other.slice(5)) : sides.layers();
  const end = (): void => {
    sides.mirror(undefined);
    second?.remove();
    frame?.remove();
    handle?.remove();
    for (const one of container.querySelectorAll('.compare-label')) one.remove();
    second = undefined;
    styled = undefined;
    frame = undefined;
    handle = undefined;
  };
  const begin = (other: Other): void => {
    end();
    frame = document.createElement('div');
    frame.className = 'compare-map';
    // The left map has the focus, the keys and the words: this one is only looked at.
    frame.inert = true;
    handle = document.createElement('div');
    handle.className = 'compare-handle';
    handle.setAttribute('aria-hidden', 'true');
    const left = label(text('map-compare-left'), 'left');
    const right = label(nameOf(other), 'right');
    const controls = container.querySelector('.maplibregl-control-container');
    container.insertBefore(frame, controls);
    container.insertBefore(handle, controls);
    container.append(left, right);
    second = new MapView({
      container: frame,
      style: sides.style(DAY.test(other) ? other : undefined, other === 'adottato'),
      center: map.getCenter(),
      zoom: map.getZoom(),
      maxZoom: map.getMaxZoom(),
      interactive: false,
      attributionControl: false,
      fadeDuration: 0,
    });
    styled = styledOn(second);
    styled.show(layersOn(other));
    sides.mirror(highlightOn(second));
    drag(handle);
    place();
  };
  const drag = (grip: HTMLElement): void => {
    grip.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const area = container.getBoundingClientRect();
      const at = (100 * (event.clientX - area.left)) / area.width;
      range.value = String(Math.round(Math.min(100, Math.max(0, at))));
      place();
    });
  };
  const set = (other: Other | undefined): void => {
    current = other;
    box.hidden = other === undefined;
    opener.setAttribute('aria-pressed', String(other !== undefined));
    if (other === undefined) {
      end();
      return;
    }
    const isDay = DAY.test(other);
    choice.value = isDay ? 'giorno' : other;
    if (isDay) day.value = other;
    field.hidden = !isDay;
    begin(other);
  };
  const chosen = (): Other => (choice.value === 'giorno' ? day.value : choice.value);
  const take = (): void => {
    const other = chosen();
    if (other === '' || other === current) return;
    set(other);
    sides.changed(other);
    announce(text('map-compare-on').replace('%1', nameOf(other)));
  };
  const stop = (): void => {
    if (current === undefined) return;
    const hadFocus = box.contains(document.activeElement);
    set(undefined);
    sides.changed(undefined);
    announce(text('map-compare-ended'));
    if (hadFocus) opener.focus();
  };
  opener.addEventListener('click', () => {
    if (current !== undefined) {
      stop();
      return;
    }
    box.hidden = false;
    take();
    choice.focus();
  });
  choice.addEventListener('change', () => {
    field.hidden = choice.value !== 'giorno';
    take();
  });
  day.addEventListener('change', () => {
    if (day.value >= day.min) take();
  });
  range.addEventListener('input', place);
  box.querySelector('#compare-close')!.addEventListener('click', stop);
  map.on('move', follow);
  map.on('resize', () => {
    second?.resize();
    place();
  });
  return {
    restore(other) {
      if (other !== current) set(other);
    },
    isOn: () => current !== undefined,
    follow() {
      if (current) styled?.show(layersOn(current));
    },
    stop,
  };
}
