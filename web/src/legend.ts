import type { LayerSpecification, Map as MapView } from 'maplibre-gl';
import { isDrawing, layerOf, metadataOf } from './styled.ts';
import type { Text } from './texts.ts';

/** The legend beside the map. */
export interface Legend {
  /** Writes it again: layers were switched. */
  update(): void;
}

const PAUSE_MS = 250;

function color(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns a swatch of what a style layer draws. */
function swatch(layer: LayerSpecification): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'legend-swatch');
  svg.setAttribute('viewBox', '0 0 28 18');
  svg.setAttribute('aria-hidden', 'true');
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  const shape = document.createElementNS(space, layer.type === 'line' ? 'path' : 'rect');
  if (layer.type === 'line') {
    shape.setAttribute('d', 'M2 9h24');
    shape.setAttribute('stroke', color(paint['line-color']) ?? '#5c6f82');
    shape.setAttribute('stroke-width', '3');
  } else {
    for (const [name, value] of [
      ['x', '1'],
      ['y', '1'],
      ['width', '26'],
      ['height', '16'],
      ['stroke', '#5c6f82'],
    ] as const) {
      shape.setAttribute(name, value);
    }
    shape.setAttribute('fill', color(paint['fill-color']) ?? '#d9dfe6');
  }
  svg.append(shape);
  return svg;
}

/** Keeps the legend: what the style says of the layers that are drawn, or only of what is seen. */
export function legendOn(
  map: MapView,
  side: HTMLElement,
  text: Text,
  _minZoom: () => number,
): Legend {
  const list = side.querySelector<HTMLElement>('#legend')!;
  const inView = side.querySelector<HTMLInputElement>('#legend-in-view')!;
  let timer = 0;

  const write = (): void => {
    const zoom = map.getZoom();
    const layers = (map.getStyle()?.layers ?? []).filter(
      (layer) =>
        metadataOf(layer)['mappale:legend'] !== undefined &&
        isDrawing(layer) &&
        layer.layout?.visibility !== 'none' &&
        layerOf(layer) !== undefined &&
        zoom >= (layer.minzoom ?? 0) &&
        zoom < (layer.maxzoom ?? 24),
    );
    let shown = layers;
    if (inView.checked) {
      const seen = new Set(
        map
          .queryRenderedFeatures({ layers: layers.map((layer) => layer.id) })
          .map((feature) => feature.layer.id),
      );
      shown = layers.filter((layer) => seen.has(layer.id));
    }
    const rows = shown.map((layer) => {
      const row = document.createElement('li');
      const words = document.createElement('span');
      words.textContent = metadataOf(layer)['mappale:legend'] ?? '';
      row.append(swatch(layer), words);
      return row;
    });
    if (rows.length === 0) {
      const none = document.createElement('li');
      none.className = 'legend-none';
      none.textContent = text('map-legend-none');
      rows.push(none);
    }
    list.replaceChildren(...rows);
  };
  const update = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (map.getStyle() && side.checkVisibility()) write();
    }, PAUSE_MS);
  };
  map.on('idle', update);
  inView.addEventListener('change', update);
  return { update };
}
