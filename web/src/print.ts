import type { Map as MapView } from 'maplibre-gl';
import { scaleOf } from './coordinates.ts';

/** The scales that a print can have, as the form offers them. */
const SCALES = [500, 1000, 2000, 5000, 10_000];

/** What the print shows beside the place. */
export interface Printed {
  references: readonly string[];
  layers: ReadonlySet<string>;
  date: string | undefined;
}

/** The link from the map to the print of what it shows. */
export interface PrintLink {
  /** Writes its address again. */
  update(): void;
}

/** Returns the denominator of the print whose paper shows about what the screen shows. */
export function printScale(scale: number): number {
  return SCALES.find((one) => one >= scale * 0.75) ?? SCALES.at(-1)!;
}

/** Keeps the address of a link to the form of the print: place, scale, parcels, layers and day. */
export function printLinkOn(
  map: MapView,
  link: HTMLAnchorElement,
  prefix: string,
  what: () => Printed,
): PrintLink {
  const update = (): void => {
    const { lng, lat } = map.getCenter().wrap();
    const { references, layers, date } = what();
    const params = new URLSearchParams({
      centro: `${lng.toFixed(6)}; ${lat.toFixed(6)}`,
      scala: String(printScale(scaleOf(map))),
    });
    if (references.length > 0) params.set('particelle', references.join('\n'));
    // The picture from the air is no layer of the print.
    const drawn = [...layers].filter((layer) => layer !== 'ortofoto');
    if (drawn.length > 0) params.set('livelli', drawn.join(','));
    if (date) params.set('date', date);
    link.href = `${prefix}/stampa?${params}`;
  };
  map.on('moveend', update);
  update();
  return { update };
}
