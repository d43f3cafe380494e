import type { GeoJSONSource, Map as MapView } from 'maplibre-gl';

/** Where the pieces come from in the style. */
const SOURCE = 'pieces';
/** They lie under the line of what is selected. */
const UNDER = 'catasto.particella.casing';

/** Colours the pieces of the parcel whose card is open, as the bar of the card does. */
export interface Pieces {
  /** Draws the pieces of a card; `undefined` takes them away. */
  show(article: HTMLElement | undefined): void;
}

interface Collection {
  type: 'FeatureCollection';
  features: {
    type: 'Feature';
    geometry: unknown;
    properties: { layer: string; key: string | null; sliver: unknown; fill?: string };
  }[];
}

const NONE: Collection = { type: 'FeatureCollection', features: [] };

/** The colours that the card gives to its zones, by layer and key. */
function fillsOf(article: HTMLElement): Map<string, string> {
  const fills = new Map<string, string>();
  for (const piece of article.querySelectorAll<HTMLElement>('.place-zones .piece[data-key]')) {
    const fill = piece.querySelector('.piece-mark rect')?.getAttribute('fill');
    if (fill) fills.set(`${piece.dataset['layer']} ${piece.dataset['key']}`, fill);
  }
  return fills;
}

/** Returns what colours the pieces on a map; it survives a change of style. */
export function piecesOn(map: MapView): Pieces {
  let request: AbortController | undefined;
  let drawn: Collection = NONE;
  let pointed: string | null = null;

  const emphasis = (): void => {
    if (!map.getLayer(`${SOURCE}.line`)) return;
    map.setPaintProperty(`${SOURCE}.line`, 'line-width', [
      'case',
      ['==', ['get', 'key'], pointed ?? ''],
      4,
      1.5,
    ]);
  };
  const draw = (collection: Collection): void => {
    drawn = collection;
    // The style is not there yet: it draws when it comes.
    if (!map.getLayer(UNDER)) return;
    const source = map.getSource<GeoJSONSource>(SOURCE);
    if (source) {
      source.setData(collection as never);
      return;
    }
    if (collection.features.length === 0) return;
    map.addSource(SOURCE, { type: 'geojson', data: collection as never });
    map.addLayer(
      {
        id: `${SOURCE}.fill`,
        type: 'fill',
        source: SOURCE,
        paint: { 'fill-color': ['get', 'fill'], 'fill-opacity': 0.85 },
      },
      UNDER,
    );
    map.addLayer(
      {
        id: `${SOURCE}.line`,
        type: 'line',
        source: SOURCE,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': '#17324d', 'line-width': 1.5 },
      },
      UNDER,
    );
    emphasis();
  };
  map.on('style.load', () => draw(drawn));

  const point = (piece: HTMLElement | null): void => {
    const key = piece?.dataset['key'] ?? null;
    if (key === pointed) return;
    pointed = key;
    emphasis();
  };

  return {
    show(article) {
      request?.abort();
      pointed = null;
      draw(NONE);
      const address = article?.dataset['pieces'];
      if (!article || !address) return;
      const fills = fillsOf(article);
      if (fills.size === 0) return;
      article.addEventListener('pointerover', ({ target }) => {
        point(target instanceof Element ? target.closest('.place-zones .piece') : null);
      });
      article.addEventListener('pointerleave', () => point(null));
      const mine = new AbortController();
      request = mine;
      fetch(address, { signal: mine.signal })
        .then(async (response) => {
          if (!response.ok) return;
          const answer = (await response.json()) as Collection;
          const features = answer.features.flatMap((feature) => {
            const { layer, key } = feature.properties;
            const fill = fills.get(`${layer} ${key}`);
            if (feature.properties.sliver || !fill) return [];
            return [{ ...feature, properties: { ...feature.properties, fill } }];
          });
          if (!mine.signal.aborted) draw({ type: 'FeatureCollection', features });
        })
        .catch(() => {
          // The card says it all; without the colours nothing is missing.
        });
    },
  };
}
