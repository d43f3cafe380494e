// Draws an area of a form on the map. What counts is the list of corners in the form: the map
// writes it and reads it, so that typing and drawing are two ways to the same answer.
import { type GeoJSONSource, Map as MapView, NavigationControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { formatsOf } from './measure.ts';
import { type EastNorth, areaOf, fromUtm, toUtm, zoneOf } from './utm.ts';

const SOURCE = 'drawn';

function cornersOf(text: string): EastNorth[] {
  const corners: EastNorth[] = [];
  for (const line of text.split('\n')) {
    const [east, north, more] = line
      .replaceAll(';', ' ')
      .trim()
      .split(/\s+/)
      .map((piece) => Number(piece.replace(',', '.')));
    if (east && north && more === undefined) corners.push([east, north]);
  }
  return corners;
}

function drawOn(box: HTMLElement): void {
  const area = document.querySelector<HTMLTextAreaElement>(`#${box.dataset['draw'] ?? ''}`);
  const zone = zoneOf(Number(box.dataset['srid']));
  const container = box.querySelector<HTMLElement>('[data-map]');
  const result = box.querySelector<HTMLOutputElement>('[data-result]');
  if (!area || zone === undefined || !container || !result) return;
  const formats = formatsOf(document.documentElement.lang);
  box.hidden = false;
  let corners = cornersOf(area.value);
  const places = (): [number, number][] => corners.map(([e, n]) => fromUtm(zone, e, n));

  const [west, south, east, north] = (box.dataset['bounds'] ?? '').split(',').map(Number);
  let map: MapView;
  try {
    map = new MapView({
      container,
      style: box.dataset['style'] ?? '',
      bounds: [west ?? 6.6, south ?? 36.6, east ?? 18.6, north ?? 47.1],
      maxZoom: 21,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      cooperativeGestures: false,
      locale: { 'Map.Title': box.dataset['label'] ?? '' },
      attributionControl: { compact: true },
    });
  } catch {
    // Without WebGL the corners are typed.
    container.textContent = box.dataset['noMap'] ?? '';
    container.classList.add('draw-none');
    document.querySelector<HTMLDetailsElement>('[data-typed]')?.setAttribute('open', '');
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  const show = (): void => {
    const line = places();
    const ring = line.length > 2 ? [...line, line[0]!] : line;
    const source = map.getSource<GeoJSONSource>(SOURCE);
    source?.setData({
      type: 'FeatureCollection',
      features: [
        ...line.map((coordinates) => ({
          type: 'Feature' as const,
          properties: {},
          geometry: { type: 'Point' as const, coordinates },
        })),
        ...(ring.length > 1
          ? [
              {
                type: 'Feature' as const,
                properties: {},
                geometry:
                  line.length > 2
                    ? { type: 'Polygon' as const, coordinates: [ring] }
                    : { type: 'LineString' as const, coordinates: ring },
              },
            ]
          : []),
      ],
    });
    const count = (box.dataset['corners'] ?? '').replace('%1', String(corners.length));
    result.textContent = corners.length > 2 ? `${count} · ${formats.area(areaOf(corners))}` : count;
  };
  const write = (): void => {
    area.value = corners.map(([e, n]) => `${e.toFixed(2)} ${n.toFixed(2)}`).join('\n');
    area.dispatchEvent(new Event('input', { bubbles: true }));
    show();
  };
  const add = (lon: number, lat: number): void => {
    corners.push(toUtm(zone, lon, lat));
    write();
  };

  map.on('load', () => {
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    map.addLayer({
      id: 'drawn.area',
      type: 'fill',
      source: SOURCE,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': '#0066cc', 'fill-opacity': 0.25 },
    });
    map.addLayer({
      id: 'drawn.line',
      type: 'line',
      source: SOURCE,
      paint: { 'line-color': '#0066cc', 'line-width': 3 },
    });
    map.addLayer({
      id: 'drawn.corner',
      type: 'circle',
      source: SOURCE,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 5,
        'circle-color': '#ffffff',
        'circle-stroke-color': '#0066cc',
        'circle-stroke-width': 3,
      },
    });
    show();
    const line = places();
    if (line.length > 0) {
      const lons = line.map(([lon]) => lon);
      const lats = line.map(([, lat]) => lat);
      map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
        padding: 60,
        maxZoom: 19,
        animate: false,
      });
    }
    box.dataset['ready'] = '';
  });
  map.on('click', ({ lngLat }) => add(lngLat.lng, lngLat.lat));
  // By keys: arrows move the map under the cross, Enter sets a corner, Backspace takes it away.
  container.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === map.getCanvas()) {
      event.preventDefault();
      const { lng, lat } = map.getCenter();
      add(lng, lat);
    } else if (event.key === 'Backspace') {
      event.preventDefault();
      corners.pop();
      write();
    }
  });
  box.querySelector('[data-undo]')?.addEventListener('click', () => {
    corners.pop();
    write();
  });
  box.querySelector('[data-clear]')?.addEventListener('click', () => {
    corners = [];
    write();
  });
  area.addEventListener('change', () => {
    corners = cornersOf(area.value);
    show();
  });
  const cross = document.createElement('div');
  cross.className = 'draw-cross';
  cross.setAttribute('aria-hidden', 'true');
  container.append(cross);
  show();
}

setWorkerUrl(workerUrl);
document.querySelectorAll<HTMLElement>('[data-draw]').forEach(drawOn);
