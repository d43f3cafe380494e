import { type LngLat, type Map as MapView, Marker, type PointLike } from 'maplibre-gl';
import type { Announce } from './announce.ts';
import {
  type Card,
  CardError,
  type Question,
  type Selected,
  fetchCard,
  fetchSummary,
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
  /** Chooses the place at a point of the canvas; `add` keeps what is chosen already. */
  choosePoint(point: PointLike, position: LngLat, by: By, add: boolean): void;
  /** Chooses a parcel by its reference, and shows it whole when `fit` is set. */
  chooseParcel(reference: string, by: By, fit: boolean): void;
  /** Chooses several parcels. */
  chooseParcels(references: readonly string[], by: By, fit: boolean): void;
  /** Chooses a place. */
  choosePlace(lon: number, lat: number, by: By): void;
  /** Puts a parcel of the list in or takes it out; the list stays. */
  tick(parcel: Selected, title: string, isIn: boolean): void;
  /** Takes a parcel out. */
  remove(reference: string, title: string): void;
  /** Shows the card of a chosen parcel. */
  look(reference: string): void;
  /** Takes the card that the server wrote into the page. */
  adopt(card: Card, fit: boolean): void;
  /** Takes the choice away. */
  clear(): void;
  /** Asks again for what is chosen: another day is asked about. */
  again(): void;
  /** Shows the list of parcels in view; the choice stays. */
  list(): void;
  /** Returns whether something is chosen. */
  isActive(): boolean;
  /** Returns whether a parcel is chosen. */
  has(reference: string): boolean;
}

/** What a selection works with. */
export interface Parts {
  map: MapView;
  highlight: Highlight;
  panel: Panel;
  announce: Announce;
  text: Text;
  prefix: string;
  /** The day that is asked about; `undefined` for today. */
  date(): string | undefined;
  /** Returns how many pixels of the map's lower part the sheet covers. */
  covered(): number;
  /** Told of each choice, for the address. */
  chosen(view: Pick<View, 'references' | 'place'>): void;
}

/** A chosen point nearer than this to the sheet is moved up. */
const MARGIN_PX = 48;
/** More parcels cannot be chosen together. */
const MAX_CHOSEN = 50;

/** Returns the selection of a map. */
export function selectionOn(parts: Parts): Selection {
  const { map, highlight, panel, announce, text, prefix } = parts;
  let request: AbortController | undefined;
  let summing: AbortController | undefined;
  let isActive = false;
  let chosen: Selected[] = [];
  let isList = true;
  let asked: Question | undefined;
  // Marks a chosen place that has no parcel to highlight.
  const pin = document.createElement('div');
  pin.className = 'map-pin';
  const marker = new Marker({ element: pin });

  const has = (reference: string): boolean => chosen.some((one) => one.reference === reference);
  const references = (): string[] => chosen.map((one) => one.reference);
  const mark = (lon: number, lat: number): void => {
    marker.setLngLat([lon, lat]).addTo(map);
    pin.removeAttribute('role');
    pin.removeAttribute('aria-label');
    pin.setAttribute('aria-hidden', 'true');
  };
  const fitTo = ([west, south, east, north]: [number, number, number, number]): void => {
    const visible = map.getContainer().clientHeight - parts.covered();
    const padding = { top: 80, left: 40, right: 60, bottom: parts.covered() + 40 };
    // A sheet that is pulled up to the top leaves nothing to fit into.
    const options = visible > 200 ? { padding, maxZoom: 18 } : { maxZoom: 18 };
    map.fitBounds([west, south, east, north], options);
  };
  /** Tells what several parcels are together; says it after `before`. */
  const sum = async (before: string, fit = false): Promise<void> => {
    summing?.abort();
    const isShown = chosen.length > 1 || (isList && chosen.length === 1);
    if (!isShown) {
      panel.summary(undefined);
      if (before) announce(before);
      return;
    }
    const mine = new AbortController();
    summing = mine;
    try {
      const summary = await fetchSummary(prefix, references(), parts.date(), mine.signal);
      if (mine.signal.aborted) return;
      chosen = summary.selection;
      highlight.select(chosen);
      panel.summary(summary.section);
      if (fit && summary.bounds) fitTo(summary.bounds);
      announce(`${before} ${summary.announcement}`.trim());
    } catch {
      if (!mine.signal.aborted) announce(text('map-failed'));
    }
  };
  const tellChoice = (place?: [number, number]): void => {
    if (chosen.length > 0 || !place) parts.chosen({ references: references() });
    else parts.chosen({ references: [], place });
  };

  const arrive = (card: Card, question: Question, fit: boolean): void => {
    highlight.select(card.selection);
    if ('lon' in question && card.selection.length !== 1) mark(question.lon, question.lat);
    else marker.remove();
    // Several parcels at one place are one answer, and no choice of several.
    const [first, ...others] = card.selection;
    if (first && others.length === 0) chosen = [first];
    else chosen = [];
    if (chosen.length === 0 && 'reference' in question) {
      parts.chosen({ references: [question.reference] });
    } else tellChoice('lon' in question ? [question.lon, question.lat] : undefined);
    const visible = map.getContainer().clientHeight - parts.covered();
    if (fit && card.bounds) fitTo(card.bounds);
    else if ('lon' in question && parts.covered() > 0) {
      const { y } = map.project([question.lon, question.lat]);
      if (y > visible - MARGIN_PX) map.panBy([0, y - visible / 2]);
    }
  };
  const ask = async (question: Question, by: By, fit: boolean): Promise<void> => {
    // An older answer that arrives late is dropped.
    request?.abort();
    summing?.abort();
    const mine = new AbortController();
    request = mine;
    isActive = true;
    isList = false;
    asked = question;
    panel.wait();
    try {
      const card = await fetchCard(prefix, question, parts.date(), mine.signal);
      if (mine.signal.aborted) return;
      panel.summary(undefined);
      panel.show(card.article, by === 'keyboard');
      arrive(card, question, fit);
      announce(card.announcement);
    } catch (error) {
      if (mine.signal.aborted) return;
      panel.fail(error, pageAddress(prefix, question, parts.date()), () => {
        void ask(question, by, fit);
      });
      const isUnknown = error instanceof CardError && error.status === 404;
      announce(text(isUnknown ? 'map-failed-not-found' : 'map-failed'));
    }
  };
  /** Asks for a card beside what is chosen, and puts its parcel in or takes it out. */
  const askMore = async (question: Question, by: By): Promise<void> => {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    isActive = true;
    try {
      const card = await fetchCard(prefix, question, parts.date(), mine.signal);
      if (mine.signal.aborted) return;
      const [parcel, ...others] = card.selection;
      if (!parcel || others.length > 0) {
        highlight.select(chosen);
        announce(text(parcel ? 'map-add-several' : 'map-add-none'));
        return;
      }
      marker.remove();
      const title = card.title;
      if (has(parcel.reference)) {
        out(parcel.reference, title);
        return;
      }
      if (chosen.length >= MAX_CHOSEN) {
        highlight.select(chosen);
        announce(text('map-add-full').replace('%1', String(MAX_CHOSEN)));
        return;
      }
      chosen = [...chosen, parcel];
      isList = false;
      highlight.select(chosen);
      panel.show(card.article, by === 'keyboard');
      tellChoice();
      void sum(text('map-added').replace('%1', title));
    } catch {
      if (mine.signal.aborted) return;
      highlight.select(chosen);
      announce(text('map-failed'));
    }
  };
  const out = (reference: string, title: string): void => {
    chosen = chosen.filter((one) => one.reference !== reference);
    highlight.select(chosen);
    const before = text('map-removed').replace('%1', title);
    const last = chosen.at(-1);
    tellChoice();
    if (!last) {
      isActive = false;
      isList = true;
      panel.summary(undefined);
      panel.clear();
      announce(before);
      return;
    }
    if (!isList) void look(last.reference, false);
    void sum(before);
  };
  const look = async (reference: string, focus: boolean): Promise<void> => {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    isList = false;
    panel.wait();
    try {
      const card = await fetchCard(prefix, { reference }, parts.date(), mine.signal);
      if (mine.signal.aborted) return;
      panel.show(card.article, focus);
      if (focus) announce(card.announcement);
      if (chosen.length < 2) panel.summary(undefined);
    } catch (error) {
      if (mine.signal.aborted) return;
      const page = pageAddress(prefix, { reference }, parts.date());
      panel.fail(error, page, () => void look(reference, focus));
    }
  };
  return {
    choosePoint(point, position, by, add) {
      const { lng, lat } = position.wrap();
      const question = { lon: lng, lat };
      if (add && chosen.length > 0) {
        highlight.select([...chosen, ...highlight.at(point)]);
        void askMore(question, by);
      } else {
        highlight.select(highlight.at(point));
        void ask(question, by, false);
      }
    },
    chooseParcel(reference, by, fit) {
      void ask({ reference }, by, fit);
    },
    chooseParcels(wanted, by, fit) {
      const last = wanted.at(-1);
      if (wanted.length < 2) {
        if (last) void ask({ reference: last }, by, fit);
        return;
      }
      isActive = true;
      isList = false;
      marker.remove();
      chosen = wanted.map((reference) => ({ layer: '', id: 0, reference }));
      void sum('', fit).then(() => tellChoice());
      if (last) void look(last, by === 'keyboard');
    },
    choosePlace(lon, lat, by) {
      void ask({ lon, lat }, by, false);
    },
    tick(parcel, title, isIn) {
      if (!isIn) {
        out(parcel.reference, title);
        return;
      }
      if (has(parcel.reference)) return;
      isActive = true;
      isList = true;
      marker.remove();
      chosen = [...chosen, parcel];
      highlight.select(chosen);
      tellChoice();
      void sum(text('map-added').replace('%1', title));
    },
    remove: out,
    look(reference) {
      void look(reference, true);
    },
    adopt(card, fit) {
      isActive = true;
      isList = false;
      const reference = card.selection[0]?.reference;
      panel.show(card.article, false);
      if (!reference) return;
      asked = { reference };
      arrive(card, asked, fit);
    },
    clear() {
      request?.abort();
      summing?.abort();
      if (!isActive) return;
      isActive = false;
      isList = true;
      chosen = [];
      highlight.select([]);
      marker.remove();
      panel.summary(undefined);
      panel.clear();
      parts.chosen({ references: [] });
      announce(text('map-cleared'));
    },
    again() {
      if (!isActive) return;
      const last = chosen.at(-1);
      if (chosen.length > 1 || (isList && last)) void sum('');
      if (isList) return;
      if (chosen.length > 1 && last) void look(last.reference, false);
      else if (asked) void ask(asked, 'address', false);
    },
    list() {
      request?.abort();
      isList = true;
      panel.clear();
      void sum('');
    },
    isActive: () => isActive,
    has,
  };
}
