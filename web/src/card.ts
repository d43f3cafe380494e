/** A feature that is selected: its layer and id in the tiles, and its national reference. */
export interface Selected {
  layer: string;
  id: number;
  reference: string;
}

type Box = [west: number, south: number, east: number, north: number];

/** A card as the server wrote it, ready to be put into the panel. */
export interface Card {
  article: HTMLElement;
  selection: Selected[];
  /** The heading of the card. */
  title: string;
  /** What a screen reader says. */
  announcement: string;
  /** West, south, east and north in degrees. */
  bounds: Box | undefined;
}

/** What several parcels are together, as the server wrote it. */
export interface Summary {
  section: HTMLElement;
  selection: Selected[];
  announcement: string;
  bounds: Box | undefined;
}

/** What a card is asked for: a place in degrees, or a parcel. */
export type Question = { lon: number; lat: number } | { reference: string };

/** The card did not come: the HTTP status, or 0 when the server could not be reached. */
export class CardError extends Error {
  constructor(readonly status: number) {
    super(`no card: status ${status}`);
  }
}

function segment(reference: string): string {
  return encodeURIComponent(reference.replaceAll('/', '~'));
}

function dated(address: string, date: string | undefined): string {
  if (!date) return address;
  return `${address}${address.includes('?') ? '&' : '?'}date=${date}`;
}

/** Returns the address of the page that answers a question, which needs no script. */
export function pageAddress(prefix: string, question: Question, date: string | undefined): string {
  const page =
    'reference' in question
      ? `${prefix}/particella/${segment(question.reference)}`
      : `${prefix}/luogo?lon=${question.lon.toFixed(7)}&lat=${question.lat.toFixed(7)}`;
  return dated(page, date);
}

/** Returns the first element of a fragment of a page; fails with a `CardError`. */
export async function fetchFragment(
  page: string,
  selector: string,
  signal: AbortSignal,
): Promise<HTMLElement> {
  const address = `${page}${page.includes('?') ? '&' : '?'}frammento=1`;
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { accept: 'text/html' } });
  } catch {
    signal.throwIfAborted();
    throw new CardError(0);
  }
  if (!response.ok) throw new CardError(response.status);
  const html = new DOMParser().parseFromString(await response.text(), 'text/html');
  const element = html.querySelector<HTMLElement>(selector);
  if (!element) throw new CardError(response.status);
  return document.adoptNode(element);
}

/** Returns the card of a place or a parcel; fails with a `CardError`, or as `signal` says. */
export async function fetchCard(
  prefix: string,
  question: Question,
  date: string | undefined,
  signal: AbortSignal,
): Promise<Card> {
  const page = pageAddress(prefix, question, date);
  return readCard(await fetchFragment(page, '.place-card', signal));
}

/** Returns what parcels are together; fails with a `CardError`, or as `signal` says. */
export async function fetchSummary(
  prefix: string,
  references: readonly string[],
  date: string | undefined,
  signal: AbortSignal,
): Promise<Summary> {
  const page = dated(`${prefix}/particelle?sel=${references.map(segment).join(',')}`, date);
  const section = await fetchFragment(page, '.selection', signal);
  return {
    section,
    selection: selectionOf(section),
    announcement: section.dataset['announce'] ?? '',
    bounds: boxOf(section),
  };
}

function selectionOf(element: HTMLElement): Selected[] {
  return JSON.parse(element.dataset['selection'] ?? '[]') as Selected[];
}

function boxOf(element: HTMLElement): Box | undefined {
  const bounds = element.dataset['bounds']?.split(',').map(Number) ?? [];
  const [west, south, east, north] = bounds;
  const isBox = bounds.length === 4 && bounds.every(Number.isFinite);
  return isBox ? [west!, south!, east!, north!] : undefined;
}

/** Returns what the attributes of a card say. */
export function readCard(article: HTMLElement): Card {
  return {
    article,
    selection: selectionOf(article),
    title: article.querySelector('.card-title')?.textContent.trim() ?? '',
    announcement: article.dataset['announce'] ?? '',
    bounds: boxOf(article),
  };
}
