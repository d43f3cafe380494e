import type { GeoJSONSource, LngLat, Map as MapView } from 'maplibre-gl';
import type { Announce } from './announce.ts';
import type { Text } from './texts.ts';
import { type EastNorth, areaOf, lengthOf, toUtm } from './utm.ts';

const SOURCE = 'measure';

/** A drawn feature, as GeoJSON. */
interface Drawn {
  type: 'Feature';
  properties: Record<string, never>;
  geometry:
    | { type: 'Point'; coordinates: number[] }
    | { type: 'LineString'; coordinates: number[][] }
    | { type: 'Polygon'; coordinates: number[][][] };
}

/** The tool that measures lengths and areas. */
export interface Measure {
  /** Returns whether a click sets a point instead of choosing a place. */
  isOn(): boolean;
  /** Sets a point. */
  add(position: LngLat): void;
  /** Takes the last point away. */
  undo(): void;
  /** Starts or ends measuring. */
  toggle(): void;
  /** Ends measuring. */
  stop(): void;
}

/** Writes lengths and areas as the language of the page writes numbers. */
export function formatsOf(lang: string): { length(m: number): string; area(m2: number): string } {
  const format = (value: number, digits: number): string =>
    new Intl.NumberFormat(lang, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      // Italian leaves numbers of four digits ungrouped; everything else on the page groups.
      useGrouping: 'always',
    } as Intl.NumberFormatOptions).format(value);
  return {
    length: (m) => (m < 1000 ? `${format(m, m < 100 ? 1 : 0)} m` : `${format(m / 1000, 2)} km`),
    area: (m2) => (m2 < 100_000 ? `${format(m2, 0)} m²` : `${format(m2 / 10_000, 2)} ha`),
  };
}

/** Returns the measuring tool; it draws on the map and tells the result in its box. */
export function measureOn(
  map: MapView,
  zone: number,
  opener: HTMLButtonElement,
  box: HTMLElement,
  text: Text,
  announce: Announce,
): Measure {
  const part = <T extends HTMLElement>(selector: string): T => box.querySelector<T>(selector)!;
  const result = part('#measure-result');
  const hint = part('#measure-hint');
  const undo = part<HTMLButtonElement>('#measure-undo');
  const empty = part<HTMLButtonElement>('#measure-clear');
  const kinds = [...box.querySelectorAll<HTMLButtonElement>('[data-measure]')];
  const formats = formatsOf(document.documentElement.lang);
  let isOn = false;
  let isArea = false;
  let points: [number, number][] = [];

  const draw = (): void => {
    const source = map.getSource<GeoJSONSource>(SOURCE);
    if (!source) return;
    const closed = isArea && points.length > 2 ? [...points, points[0]!] : points;
    const features: Drawn[] = points.map((point) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'Point', coordinates: point },
    }));
    if (closed.length > 1) {
      features.push({
        type: 'Feature',
        properties: {},
        geometry:
          isArea && points.length > 2
            ? { type: 'Polygon', coordinates: [closed] }
            : { type: 'LineString', coordinates: closed },
      });
    }
    source.setData({ type: 'FeatureCollection', features });
  };
  const prepare = (): void => {
    if (!isOn || map.getSource(SOURCE)) return;
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    map.addLayer({
      id: 'measure.area',
      type: 'fill',
      source: SOURCE,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': '#d1344b', 'fill-opacity': 0.15 },
    });
    map.addLayer({
      id: 'measure.casing',
      type: 'line',
      source: SOURCE,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 6 },
    });
    map.addLayer({
      id: 'measure.line',
      type: 'line',
      source: SOURCE,
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': '#b3233a', 'line-width': 3 },
    });
    map.addLayer({
      id: 'measure.point',
      type: 'circle',
      source: SOURCE,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 5,
        'circle-color': '#ffffff',
        'circle-stroke-color': '#b3233a',
        'circle-stroke-width': 3,
      },
    });
    draw();
  };
  const tell = (speak: boolean): void => {
    const line: EastNorth[] = points.map(([lon, lat]) => toUtm(zone, lon, lat));
    const closed = isArea && line.length > 2 ? [...line, line[0]!] : line;
    const length = formats.length(lengthOf(closed));
    let words = '—';
    if (isArea && points.length > 2) {
      words = text('map-measured-area')
        .replace('%1', formats.area(areaOf(line)))
        .replace('%2', length);
    } else if (!isArea && points.length > 1) words = length;
    result.textContent = words;
    hint.hidden = points.length > (isArea ? 2 : 1);
    undo.disabled = points.length === 0;
    empty.disabled = points.length === 0;
    draw();
    if (!speak) return;
    announce(
      words === '—' ? text('map-measure-points').replace('%1', String(points.length)) : words,
    );
  };
  const set = (next: boolean): void => {
    if (isOn === next) return;
    isOn = next;
    box.hidden = !next;
    opener.setAttribute('aria-pressed', String(next));
    map.getCanvas().classList.toggle('is-measuring', next);
    points = [];
    if (next) prepare();
    tell(false);
    announce(text(next ? 'map-measure-hint' : 'map-measure-ended'));
  };
  map.on('style.load', prepare);
  opener.addEventListener('click', () => set(!isOn));
  part('#measure-close').addEventListener('click', () => {
    set(false);
    opener.focus();
  });
  undo.addEventListener('click', () => {
    points.pop();
    tell(true);
  });
  empty.addEventListener('click', () => {
    points = [];
    tell(true);
  });
  for (const kind of kinds) {
    kind.addEventListener('click', () => {
      isArea = kind.dataset['measure'] === 'area';
      for (const one of kinds) one.setAttribute('aria-pressed', String(one === kind));
      tell(true);
    });
  }
  return {
    isOn: () => isOn,
    add(position) {
      const { lng, lat } = position.wrap();
      points.push([lng, lat]);
      tell(true);
    },
    undo() {
      points.pop();
      tell(true);
    },
    toggle: () => set(!isOn),
    stop: () => set(false),
  };
}
