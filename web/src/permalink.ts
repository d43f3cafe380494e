/** What the address of the map says: camera, and the parcel or the place that is chosen. */
export interface View {
  /** Longitude, latitude and zoom. */
  camera?: [lon: number, lat: number, zoom: number];
  /** The national reference of the one selected parcel. */
  reference?: string;
  /** Longitude and latitude of a chosen place with no parcel, or with several. */
  place?: [lon: number, lat: number];
}

function numbers(text: string | null, count: number): number[] | undefined {
  const parts = text?.split(',').map(Number);
  return parts?.length === count && parts.every(Number.isFinite) ? parts : undefined;
}

/** Returns what a query string says; what is wrong in it is left out. */
export function readView(query: string): View {
  const params = new URLSearchParams(query);
  const view: View = {};
  const camera = numbers(params.get('c'), 3);
  const [lon, lat, zoom] = camera ?? [];
  if (lon !== undefined && lat !== undefined && zoom !== undefined && isPosition(lon, lat)) {
    view.camera = [lon, lat, zoom];
  }
  const [placeLon, placeLat] = numbers(params.get('p'), 2) ?? [];
  if (placeLon !== undefined && placeLat !== undefined && isPosition(placeLon, placeLat)) {
    view.place = [placeLon, placeLat];
  }
  const reference = params.get('sel');
  if (reference) view.reference = reference;
  return view;
}

function isPosition(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
}

/** Returns the query string of a view, with commas left readable. */
export function writeView(view: View): string {
  const parts: string[] = [];
  if (view.camera) {
    const [lon, lat, zoom] = view.camera;
    parts.push(`c=${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`);
  }
  if (view.reference) parts.push(`sel=${encodeURIComponent(view.reference)}`);
  else if (view.place) parts.push(`p=${view.place.map((value) => value.toFixed(6)).join(',')}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** Returns whether two views have the same parcel or place chosen. */
export function sameChoice(a: View, b: View): boolean {
  return a.reference === b.reference && String(a.place) === String(b.place);
}
