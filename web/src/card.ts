/** A feature that is selected: its layer and id in the tiles, and its national reference. */
export interface Selected {
  layer: string;
  id: number;
  reference: string;
}

/** A card as the server wrote it, ready to be put into the panel. */
export interface Card {
  article: HTMLElement;
  selection: Selected[];
  /** What a screen reader says. */
  announcement: string;
  /** West, south, east and north in degrees. */
  bounds: [number, number, number, number] | undefined;
}

/** What a card is asked for: a place in degrees, or a parcel. */
export type Question = { lon: number; lat: number } | { reference: string };

/** The card did not come: the HTTP status, or 0 when the server could not be reached. */
export class CardError extends Error {
  constructor(readonly status: number) {
    super(`no card: status ${status}`);
  }
}

/** Returns the address of the page that answers a question, which needs no script. */
export function pageAddress(prefix: string, question: Question): string {
  if ('reference' in question) {
    const reference = encodeURIComponent(question.reference.replaceAll('/', '~'));
    return `${prefix}/particella/${reference}`;
  }
  return `${prefix}/luogo?lon=${question.lon.toFixed(7)}&lat=${question.lat.toFixed(7)}`;
}

/** Returns the card of a place or a parcel; fails with a `CardError`, or as `signal` says. */
export async function fetchCard(
  prefix: string,
  question: Question,
  signal: AbortSignal,
): Promise<Card> {
  const page = pageAddress(prefix, question);
  const address = `${page}${page.includes('?') ? '&' : '?'}frammento=1`;
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { accept: 'text/html' } });
  } catch (error) {
    signal.throwIfAborted();
    throw new CardError(0);
  }
  if (!response.ok) throw new CardError(response.status);
  const html = new DOMParser().parseFromString(await response.text(), 'text/html');
  const article = html.querySelector<HTMLElement>('.place-card');
  if (!article) throw new CardError(response.status);
  return readCard(document.adoptNode(article));
}

/** Returns what the attributes of a card say. */
export function readCard(article: HTMLElement): Card {
  const bounds = article.dataset['bounds']?.split(',').map(Number) ?? [];
  const [west, south, east, north] = bounds;
  const isBox = bounds.length === 4 && bounds.every(Number.isFinite);
  return {
    article,
    selection: JSON.parse(article.dataset['selection'] ?? '[]') as Selected[],
    announcement: article.dataset['announce'] ?? '',
    bounds: isBox ? [west!, south!, east!, north!] : undefined,
  };
}
