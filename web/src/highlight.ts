import type { Map as MapView, PointLike } from 'maplibre-gl';
import type { Selected } from './card.ts';

/** The style layer that answers pointers: filled and invisible. */
const HIT = 'catasto.particella.hit';

/** Draws what is selected and what the pointer is over, by feature state. */
export interface Highlight {
  /** Replaces the selection. */
  select(features: Pick<Selected, 'layer' | 'id'>[]): void;
  /** Returns the parcels drawn at a point of the canvas. */
  at(point: PointLike): Pick<Selected, 'layer' | 'id'>[];
  /** Returns the zoom from which parcels answer. */
  minZoom(): number;
  /** Marks on another map too what is selected here; `undefined` ends that. */
  mirror(other: Highlight | undefined): void;
}

/** Returns the highlight of a map; it survives a change of style. */
export function highlightOn(map: MapView): Highlight {
  let selected: Pick<Selected, 'layer' | 'id'>[] = [];
  let hovered: Pick<Selected, 'layer' | 'id'> | undefined;
  let twin: Highlight | undefined;

  const set = (feature: Pick<Selected, 'layer' | 'id'>, state: Record<string, boolean>): void => {
    // The style has a source for each theme; parcels come from that of the layer that answers.
    const source = map.getLayer(HIT)?.source;
    if (source && map.getSource(source)) {
      map.setFeatureState({ source, sourceLayer: feature.layer, id: feature.id }, state);
    }
  };
  const at = (point: PointLike): Pick<Selected, 'layer' | 'id'>[] => {
    if (!map.getLayer(HIT)) return [];
    const found = new Map<string, Pick<Selected, 'layer' | 'id'>>();
    for (const feature of map.queryRenderedFeatures(point, { layers: [HIT] })) {
      if (typeof feature.id === 'number' && feature.sourceLayer) {
        found.set(`${feature.sourceLayer} ${feature.id}`, {
          layer: feature.sourceLayer,
          id: feature.id,
        });
      }
    }
    return [...found.values()];
  };
  const hover = (feature: Pick<Selected, 'layer' | 'id'> | undefined): void => {
    if (hovered?.id === feature?.id && hovered?.layer === feature?.layer) return;
    if (hovered) set(hovered, { hover: false });
    hovered = feature;
    if (hovered) set(hovered, { hover: true });
    map.getCanvas().classList.toggle('is-over-parcel', hovered !== undefined);
  };

  if (window.matchMedia('(hover: hover)').matches) {
    map.on('mousemove', (event) => hover(at(event.point)[0]));
    map.on('mouseout', () => hover(undefined));
  }
  // A new style starts without feature states.
  map.on('style.load', () => {
    hovered = undefined;
    for (const feature of selected) set(feature, { selected: true });
  });

  return {
    select(features) {
      for (const feature of selected) set(feature, { selected: false });
      selected = features;
      for (const feature of selected) set(feature, { selected: true });
      twin?.select(features);
    },
    mirror(other) {
      twin = other;
      twin?.select(selected);
    },
    at,
    minZoom: () => map.getLayer(HIT)?.minzoom ?? 0,
  };
}
