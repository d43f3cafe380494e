import type { Map as MapView } from 'maplibre-gl';

declare global {
  interface Window {
    /** The map, for browser tests alone: set when `#map` has the attribute `data-test`. */
    __map?: MapView;
  }
}
