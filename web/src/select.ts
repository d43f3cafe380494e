import { type LngLat, type Map as MapView, Marker, type PointLike } from 'maplibre-gl';
import type { Announce } from './announce.ts';
import {
  type Card,
  CardError,
  type Question,
  type Selected,
  fetchCard,
  pageAddress,
} from './card.ts';
import type { Highlight } from './highlight.ts';
import type { Panel } from './panel.ts';
import type { View } from './permalink.ts';
import type { Text } from './texts.ts';

/** How a choice was made: after the keyboard the focus goes to the card. */
export type By = 'pointer' | 'keyboard' | 'address';

/** Chooses places and parcels: highlight at once, then the card, which decides. */
export interface Selection {
  /** Chooses the place at a point of the canvas. */
  choosePoint(point: PointLike, position: LngLat, by: By): void;
  /** Chooses a parcel by its reference, and shows it whole when `fit` is set. */
  chooseParcel(reference: string, by: By, fit: boolean): void;
  /** Chooses a place. */
  choosePlace(lon: number, lat: number, by: By): void;
  /** Takes the card that the server wrote into the page. */
  adopt(card: Card, fit: boolean): void;
  /** Takes the choice away. */
  clear(): void;
  /** Returns whether something is chosen. */
  isActive(): boolean;
}

/** What a selection works with. */
export interface Parts {
  map: MapView;
  highlight: Highlight;
  panel: Panel;
  announce: Announce;
  text: Text;
  prefix: string;
  /** Returns how many pixels of the map's lower part the sheet covers. */
  covered(): number;
  /** Told of each choice, for the address. */
  chosen(view: Pick<View, 'reference' | 'place'>): void;
}

/** A chosen point nearer than this to the sheet is moved up. */
const MARGIN_PX = 48;

/** Returns the selection of a map. */
export function selectionOn(parts: Parts): Selection {
  const { map, highlight, panel, announce, text, prefix } = parts;
  let request: AbortController | undefined;
  let isActive = false;
  // Marks a chosen place that has no parcel to highlight.
  const pin = document.createElement('div');
  pin.className = 'map-pin';
  const marker = new Marker({ element: pin });

  const arrive = (card: Card, question: Question, fit: boolean): void => {
    highlight.select(card.selection);
    if ('lon' in question && card.selection.length !== 1) {
      marker.setLngLat([question.lon, question.lat]).addTo(map);
      pin.removeAttribute('role');
      pin.removeAttribute('aria-label');
      pin.setAttribute('aria-hidden', 'true');
    } else marker.remove();
    parts.chosen(choiceOf(card.selection, question));
    const visible = map.getContainer().clientHeight - parts.covered();
    if (fit && card.bounds) {
      const [west, south, east, north] = card.bounds;
      const padding = { top: 80, left: 40, right: 60, bottom: parts.covered() + 40 };
      // A sheet that is pulled up to the top leaves nothing to fit into.
      const options = visible > 200 ? { padding, maxZoom: 18 } : { maxZoom: 18 };
      map.fitBounds([west, south, east, north], options);
    } else if ('lon' in question && parts.covered() > 0) {
      const { y } = map.project([question.lon, question.lat]);
      if (y > visible - MARGIN_PX) map.panBy([0, y - visible / 2]);
    }
  };
  const ask = async (question: Question, by: By, fit: boolean): Promise<void> => {
    // An older answer that arrives late is dropped.
    request?.abort();
    const mine = new AbortController();
    request = mine;
    isActive = true;
    panel.wait();
    try {
      const card = await fetchCard(prefix, question, mine.signal);
      if (mine.signal.aborted) return;
      panel.show(card.article, by === 'keyboard');
      arrive(card, question, fit);
      announce(card.announcement);
    } catch (error) {
      if (mine.signal.aborted) return;
      panel.fail(error, pageAddress(prefix, question), () => void ask(question, by, fit));
      const isUnknown = error instanceof CardError && error.status === 404;
      announce(text(isUnknown ? 'map-failed-not-found' : 'map-failed'));
    }
  };
  return {
    choosePoint(point, position, by) {
      highlight.select(highlight.at(point));
      const { lng, lat } = position.wrap();
      void ask({ lon: lng, lat }, by, false);
    },
    chooseParcel(reference, by, fit) {
      void ask({ reference }, by, fit);
    },
    choosePlace(lon, lat, by) {
      void ask({ lon, lat }, by, false);
    },
    adopt(card, fit) {
      isActive = true;
      const reference = card.selection[0]?.reference;
      panel.show(card.article, false);
      if (reference) arrive(card, { reference }, fit);
    },
    clear() {
      request?.abort();
      if (!isActive) return;
      isActive = false;
      highlight.select([]);
      marker.remove();
      panel.clear();
      parts.chosen({});
      announce(text('map-cleared'));
    },
    isActive: () => isActive,
  };
}

function choiceOf(selection: Selected[], question: Question): Pick<View, 'reference' | 'place'> {
  const [first, ...others] = selection;
  if (first && others.length === 0) return { reference: first.reference };
  if ('reference' in question) return { reference: question.reference };
  return { place: [question.lon, question.lat] };
}
