import type { Map as MapView } from 'maplibre-gl';
import { type LegendSymbol, swatch } from './swatch.ts';
import type { Text } from './texts.ts';

/** An entry of the legend, as `/api/v1/legend/{comune}` sends it. */
interface Entry {
  layer: string;
  text: string;
  /** Attributes of the features that it stands for; empty for all of the layer. */
  when: Record<string, unknown>;
  style_layers: string[];
  min_zoom: number;
  max_zoom: number;
  symbols: LegendSymbol[];
}

interface LegendLayer {
  id: string;
  title: string;
  entries: Entry[];
}

interface Answer {
  themes: { id: string; title: string; layers: LegendLayer[] }[];
}

/** The legend beside the map. */
export interface Legend {
  /** Writes it again: layers were switched, or the base map has another look. */
  update(): void;
}

const PAUSE_MS = 250;

/** Keeps the legend: what the style says of the layers that are drawn, or only of what is seen. */
export function legendOn(
  map: MapView,
  side: HTMLElement,
  address: () => string,
  isOn: (layer: string) => boolean,
  text: Text,
): Legend {
  const list = side.querySelector<HTMLElement>('#legend')!;
  const inView = side.querySelector<HTMLInputElement>('#legend-in-view')!;
  let timer = 0;
  let answer: Answer | undefined;
  let asked = '';

  /** The entries of which something is on the screen. */
  const seen = (entries: Entry[]): Set<Entry> => {
    const drawn = new Set(map.getStyle()?.layers.map((layer) => layer.id));
    const found = new Set<Entry>();
    const ids = [...new Set(entries.flatMap((entry) => entry.style_layers))];
    const layers = ids.filter((id) => drawn.has(id));
    if (layers.length === 0) return found;
    const waiting = new Set(entries);
    for (const feature of map.queryRenderedFeatures({ layers })) {
      for (const entry of waiting) {
        const isOfIt =
          entry.style_layers.includes(feature.layer.id) &&
          Object.entries(entry.when).every(([name, value]) => feature.properties[name] === value);
        if (isOfIt) {
          found.add(entry);
          waiting.delete(entry);
        }
      }
      if (waiting.size === 0) break;
    }
    return found;
  };
  const write = (): void => {
    if (!answer) return;
    const zoom = map.getZoom();
    const layers = answer.themes.flatMap((theme) => theme.layers).filter((layer) => isOn(layer.id));
    const possible = layers
      .flatMap((layer) => layer.entries)
      .filter((entry) => zoom >= entry.min_zoom && zoom < entry.max_zoom);
    const shown = inView.checked ? seen(possible) : new Set(possible);
    const rows: HTMLElement[] = [];
    for (const layer of layers) {
      const entries = layer.entries.filter((entry) => shown.has(entry));
      if (entries.length > 1) {
        const title = document.createElement('li');
        title.className = 'legend-layer';
        title.textContent = layer.title;
        rows.push(title);
      }
      for (const entry of entries) {
        const row = document.createElement('li');
        const words = document.createElement('span');
        words.textContent = entry.text;
        row.append(swatch(entry.symbols), words);
        rows.push(row);
      }
    }
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
      if (!map.getStyle() || !side.checkVisibility()) return;
      const wanted = address();
      if (asked === wanted) {
        write();
        return;
      }
      asked = wanted;
      fetch(wanted)
        .then(async (response) => {
          if (!response.ok) throw new Error(`status ${response.status}`);
          answer = (await response.json()) as Answer;
          write();
        })
        .catch(() => {
          // The next move of the map asks again.
          asked = '';
        });
    }, PAUSE_MS);
  };
  map.on('idle', update);
  inView.addEventListener('change', update);
  return { update };
}
