/** What the address of the map says: camera, what is chosen, which layers are drawn and how. */
export interface View {
  /** Longitude, latitude and zoom. */
  camera?: [lon: number, lat: number, zoom: number];
  /** National references of the selected parcels, the last one chosen last. */
  references: string[];
  /** Longitude and latitude of a chosen place with no parcel, or with several. */
  place?: [lon: number, lat: number];
  /** Layers that are drawn though they are not from the start. */
  on: string[];
  /** Layers that are not drawn though they are from the start. */
  off: string[];
  /** Opacity of themes in percent, where it is not 100. */
  opacity: Map<string, number>;
  /** The variant of the base map, where it is not the first one. */
  base?: string;
  /** The day that is asked about, as `2026-11-24`; today when it is not given. */
  date?: string;
  /** What the right part of the map is compared with: a day, `adottato` or `tema.vincoli`. */
  compare?: string;
}

/** More references than this make no address that can be shared. */
const MAX_REFERENCES = 50;

function numbers(text: string | null, count: number): number[] | undefined {
  const parts = text?.split(',').map(Number);
  return parts?.length === count && parts.every(Number.isFinite) ? parts : undefined;
}

function words(text: string | null): string[] {
  return text?.split(',').filter((word) => /^[a-z][a-z0-9_.]*$/.test(word)) ?? [];
}

function isPosition(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
}

function isDate(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Returns what a query string says; what is wrong in it is left out. */
export function readView(query: string): View {
  const params = new URLSearchParams(query);
  const view: View = {
    references: [],
    on: words(params.get('on')),
    off: words(params.get('off')),
    opacity: new Map(),
  };
  const camera = numbers(params.get('c'), 3);
  const [lon, lat, zoom] = camera ?? [];
  if (lon !== undefined && lat !== undefined && zoom !== undefined && isPosition(lon, lat)) {
    view.camera = [lon, lat, zoom];
  }
  const [placeLon, placeLat] = numbers(params.get('p'), 2) ?? [];
  if (placeLon !== undefined && placeLat !== undefined && isPosition(placeLon, placeLat)) {
    view.place = [placeLon, placeLat];
  }
  const references = params.get('sel')?.split(',').filter(Boolean) ?? [];
  view.references = [...new Set(references.map((one) => one.replaceAll('~', '/')))].slice(
    0,
    MAX_REFERENCES,
  );
  for (const pair of params.get('o')?.split(',') ?? []) {
    const [theme, percent] = pair.split(':');
    const value = Number(percent);
    if (theme && value >= 10 && value < 100) view.opacity.set(theme, Math.round(value));
  }
  const [base] = words(params.get('base'));
  if (base) view.base = base;
  const date = params.get('date');
  if (isDate(date)) view.date = date;
  const compare = params.get('confronto');
  if (isDate(compare)) view.compare = compare;
  else if (compare && /^(adottato|tema\.[a-z]+)$/.test(compare)) view.compare = compare;
  return view;
}

/** Returns the query string of a view, with commas and colons left readable. */
export function writeView(view: View): string {
  const parts: string[] = [];
  if (view.camera) {
    const [lon, lat, zoom] = view.camera;
    parts.push(`c=${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`);
  }
  if (view.references.length > 0) {
    const segments = view.references.map((one) => encodeURIComponent(one.replaceAll('/', '~')));
    parts.push(`sel=${segments.join(',')}`);
  } else if (view.place) {
    parts.push(`p=${view.place.map((value) => value.toFixed(6)).join(',')}`);
  }
  if (view.on.length > 0) parts.push(`on=${view.on.join(',')}`);
  if (view.off.length > 0) parts.push(`off=${view.off.join(',')}`);
  if (view.opacity.size > 0) {
    const pairs = [...view.opacity].map(([theme, percent]) => `${theme}:${percent}`);
    parts.push(`o=${pairs.join(',')}`);
  }
  if (view.base) parts.push(`base=${view.base}`);
  if (view.date) parts.push(`date=${view.date}`);
  if (view.compare) parts.push(`confronto=${view.compare}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** Returns whether two views have the same parcels or the same place chosen. */
export function sameChoice(a: View, b: View): boolean {
  return String(a.references) === String(b.references) && String(a.place) === String(b.place);
}
