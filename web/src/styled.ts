import type { LayerSpecification, Map as MapView } from 'maplibre-gl';

/** Style layers that show what is selected or answer pointers: never switched, never faded. */
const OF_THE_HAND = /\.(hit|tint|hover|casing|selected)$/;

/** What the style says of one of its layers, beyond how it is drawn. */
export interface Metadata {
  'mappale:layer'?: string;
  'mappale:theme'?: string;
  'mappale:legend'?: string;
  'mappale:order'?: number;
}

/** Returns the metadata of a style layer. */
export function metadataOf(layer: LayerSpecification): Metadata {
  return (layer.metadata ?? {}) as Metadata;
}

/** Returns the id of the layer that a style layer draws; `undefined` for the background. */
export function layerOf(layer: LayerSpecification): string | undefined {
  const named = metadataOf(layer)['mappale:layer'];
  if (named) return named;
  const drawn = 'source-layer' in layer ? layer['source-layer'] : undefined;
  return typeof drawn === 'string' ? drawn.replace(/\.label$/, '') : undefined;
}

/** Returns whether a style layer belongs to what is drawn, and not to the selection. */
export function isDrawing(layer: LayerSpecification): boolean {
  return !OF_THE_HAND.test(layer.id);
}

type Property = Parameters<MapView['setPaintProperty']>[1];

const OPACITIES: Record<string, string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  symbol: ['text-opacity', 'icon-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  'fill-extrusion': ['fill-extrusion-opacity'],
  raster: ['raster-opacity'],
};

/** Draws layers or leaves them out, and fades themes; it keeps to that when the style changes. */
export interface Styled {
  /** Draws these layers and no others. */
  show(layers: ReadonlySet<string>): void;
  /** Fades layers: from 0 to 1 by layer, 1 where nothing is said. */
  fade(opacity: ReadonlyMap<string, number>): void;
}

/** Returns the switches of a map's style. */
export function styledOn(map: MapView): Styled {
  let shown: ReadonlySet<string> | undefined;
  let opacity: ReadonlyMap<string, number> = new Map();
  const written = new Map<string, unknown>();

  const each = (act: (layer: LayerSpecification, of: string) => void): void => {
    for (const layer of map.getStyle()?.layers ?? []) {
      const of = layerOf(layer);
      if (of !== undefined && isDrawing(layer)) act(layer, of);
    }
  };
  const applyShown = (): void => {
    if (!shown) return;
    const wanted = shown;
    each((layer, of) => {
      const visibility = wanted.has(of) ? 'visible' : 'none';
      if ((layer.layout?.visibility ?? 'visible') !== visibility) {
        map.setLayoutProperty(layer.id, 'visibility', visibility);
      }
    });
  };
  const applyOpacity = (): void => {
    each((layer, of) => {
      const factor = opacity.get(of) ?? 1;
      for (const property of OPACITIES[layer.type] ?? []) {
        const key = `${layer.id} ${property}`;
        const paint = layer.paint as Record<string, unknown> | undefined;
        if (!written.has(key)) written.set(key, paint?.[property]);
        const original = written.get(key);
        const isAltered = paint?.[property] !== original;
        if (factor !== 1 || isAltered) {
          map.setPaintProperty(layer.id, property as Property, scaled(original, factor) as never);
        }
      }
    });
  };
  map.on('style.load', () => {
    written.clear();
    applyShown();
    applyOpacity();
  });
  return {
    show(layers) {
      shown = layers;
      applyShown();
    },
    fade(next) {
      opacity = next;
      applyOpacity();
    },
  };
}

/** Returns an opacity of a style, a number or an expression, times a factor. */
export function scaled(value: unknown, factor: number): unknown {
  if (factor === 1) return value;
  if (value === undefined) return factor;
  if (typeof value === 'number') return value * factor;
  if (!Array.isArray(value)) return value;
  // The zoom may only stand in the outermost curve: its outputs are scaled, not the whole.
  if (value[0] === 'interpolate') {
    return value.map((part, index) => (index > 3 && index % 2 === 0 ? scaled(part, factor) : part));
  }
  if (value[0] === 'step') {
    return value.map((part, index) => (index > 1 && index % 2 === 0 ? scaled(part, factor) : part));
  }
  return ['*', factor, value];
}
