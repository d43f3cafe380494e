import type { LngLat, Map as MapView } from 'maplibre-gl';
import type { Text } from './texts.ts';
import { toUtm, zoneOf } from './utm.ts';

/** A place in one coordinate system, as `/api/v1/coordinates` sends it. */
interface System {
  title: string;
  /** The coordinates, one a line, each with its letter. */
  lines: string[];
  note: string | null;
  /** The same, to be put into another program. */
  plain: string;
}

/** Scale and position under the map, and the dialog with the coordinates in every system. */
export interface Coordinates {
  /** Shows the coordinates of the place that was pointed at, or of the middle of the map. */
  open(place?: LngLat): void;
}

/** A pixel of a screen, in metres, as the OGC defines scale on screens. */
const PIXEL_M = 0.00028;

/** Returns the denominator of the scale at the middle of a map. */
export function scaleOf(map: MapView): number {
  const lat = (map.getCenter().lat * Math.PI) / 180;
  const metresPerPixel = (40_075_016.686 * Math.cos(lat)) / (512 * 2 ** map.getZoom());
  return metresPerPixel / PIXEL_M;
}

/** Rounds a scale as people say it: two digits. */
function rounded(scale: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(scale)) - 1);
  return Math.round(scale / step) * step;
}

/** Serves the line under the map and the dialog of coordinates. */
export function coordinatesOn(
  map: MapView,
  status: HTMLElement,
  dialog: HTMLDialogElement,
  srid: number,
  text: Text,
): Coordinates {
  const lang = document.documentElement.lang;
  const number = (value: number, digits: number): string =>
    new Intl.NumberFormat(lang, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: 'always',
    } as Intl.NumberFormatOptions).format(value);
  const scale = status.querySelector<HTMLElement>('#map-scale')!;
  const position = status.querySelector<HTMLElement>('#map-position')!;
  const zone = zoneOf(srid);
  const write = (place: LngLat): void => {
    const { lng, lat } = place.wrap();
    if (zone === undefined) {
      position.textContent = `${number(lat, 5)} ${number(lng, 5)}`;
      return;
    }
    const [east, north] = toUtm(zone, lng, lat);
    position.textContent = `E ${number(east, 0)}  N ${number(north, 0)}`;
  };
  const update = (): void => {
    scale.textContent = `1:${number(rounded(scaleOf(map)), 0)}`;
    write(map.getCenter());
  };
  map.on('move', update);
  map.on('mousemove', (event) => write(event.lngLat));
  map.on('mouseout', () => write(map.getCenter()));
  update();
  status.hidden = false;

  const body = dialog.querySelector<HTMLElement>('#coordinates-body')!;
  const of = dialog.querySelector<HTMLElement>('#coordinates-of')!;
  const show = (systems: System[]): void => {
    const list = document.createElement('dl');
    list.className = 'coordinate-list';
    for (const system of systems) {
      const item = document.createElement('div');
      const title = document.createElement('dt');
      title.textContent = system.title;
      const value = document.createElement('dd');
      for (const line of system.lines) {
        const row = document.createElement('span');
        row.className = 'coordinate-line';
        row.textContent = line;
        value.append(row);
      }
      if (system.note) {
        const note = document.createElement('span');
        note.className = 'coordinate-note';
        note.textContent = system.note;
        value.append(note);
      }
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-xs btn-outline-primary';
      button.dataset['copy'] = system.plain;
      button.textContent = text('map-copy');
      button.setAttribute('aria-label', `${text('map-copy')}: ${system.title}`);
      button.hidden = !window.isSecureContext;
      value.append(button);
      item.append(title, value);
      list.append(item);
    }
    body.replaceChildren(list);
  };
  const open = async (place: LngLat, isCenter: boolean): Promise<void> => {
    const { lng, lat } = place.wrap();
    of.textContent = text(isCenter ? 'map-coordinates-center' : 'map-coordinates-place');
    body.replaceChildren(text('map-loading-coordinates'));
    if (!dialog.open) dialog.showModal();
    const params = new URLSearchParams({ lon: lng.toFixed(8), lat: lat.toFixed(8), lang });
    try {
      const response = await fetch(`/api/v1/coordinates?${params}`);
      if (!response.ok) throw new Error(`status ${response.status}`);
      const answer = (await response.json()) as { systems: System[] };
      show(answer.systems);
    } catch {
      body.replaceChildren(text('map-coordinates-failed'));
    }
  };
  status.querySelector('#coordinates-open')?.addEventListener('click', () => {
    void open(map.getCenter(), true);
  });
  map.on('contextmenu', (event) => void open(event.lngLat, false));
  return { open: (place) => void open(place ?? map.getCenter(), place === undefined) };
}
