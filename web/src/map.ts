import {
  FullscreenControl,
  GeolocateControl,
  type IControl,
  type LngLat,
  Map as MapView,
  NavigationControl,
  type Point,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { type Announce, announcer } from './announce.ts';
import { asOfOn } from './asof.ts';
import { baseChoiceOn } from './base.ts';
import { readCard } from './card.ts';
import { type Result, comboboxOn } from './combobox.ts';
import { coordinatesOn } from './coordinates.ts';
import { foldOf } from './fold.ts';
import { highlightOn } from './highlight.ts';
import { inViewOn } from './inview.ts';
import { giveKeys } from './keyboard.ts';
import { layersOn } from './layers.ts';
import { legendOn } from './legend.ts';
import { liveOn } from './live.ts';
import { measureOn } from './measure.ts';
import { panelOf } from './panel.ts';
import { type View, readView, sameChoice, writeView } from './permalink.ts';
import { refreshOn } from './refresh.ts';
import { type By, selectionOn } from './select.ts';
import { enableCopying, serveShareDialog, serveSharing } from './share.ts';
import { PHONE, sheetOf } from './sheet.ts';
import { sideOf } from './side.ts';
import { type Text, readTexts } from './texts.ts';
import { zoneOf } from './utm.ts';

type Box = [west: number, south: number, east: number, north: number];

/** What stays free around a box that is shown whole. */
const EDGE_PX = 24;
/** Parcels are shown this many zoom levels after those where they begin. */
const CLOSER = 2.5;
/** A place that was searched for is shown at this zoom. */
const PLACE_ZOOM = 18;

function element<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

function hasWebGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

function sayInstead(container: HTMLElement, sentence: string): void {
  const message = document.createElement('p');
  message.className = 'map-message';
  message.setAttribute('role', 'status');
  message.textContent = sentence;
  container.replaceChildren(message);
}

function localeOf(text: Text): Record<string, string> {
  return {
    'Map.Title': text('map-region'),
    'NavigationControl.ZoomIn': text('map-zoom-in'),
    'NavigationControl.ZoomOut': text('map-zoom-out'),
    'FullscreenControl.Enter': text('map-fullscreen'),
    'FullscreenControl.Exit': text('map-fullscreen-exit'),
    'AttributionControl.ToggleAttribution': text('map-attribution'),
    'GeolocateControl.FindMyLocation': text('map-locate'),
    'GeolocateControl.LocationNotAvailable': text('map-locate-not-available'),
  };
}

/** The box that the server wrote: what there is to see. */
function boundsOf(container: HTMLElement): Box {
  const box = (container.dataset['bounds'] ?? '').split(',').map(Number);
  const [west, south, east, north] = box.length === 4 ? box : [6.6, 36.6, 18.6, 47.1];
  return [west!, south!, east!, north!];
}

function createMap(container: HTMLElement, text: Text, view: View): MapView {
  const bounds = boundsOf(container);
  const isNarrow = window.matchMedia(PHONE).matches;
  const map = new MapView({
    container,
    style: styleOf(container, view),
    ...(view.camera
      ? { center: [view.camera[0], view.camera[1]], zoom: view.camera[2] }
      : { bounds, fitBoundsOptions: { padding: EDGE_PX } }),
    maxZoom: 21,
    maxPitch: 0,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    fadeDuration: container.dataset['test'] === undefined ? 150 : 0,
    reduceMotion: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    locale: localeOf(text),
    // A town has many sources: they open with a press, and stand with each layer.
    attributionControl: { compact: true },
  });
  if (!view.camera) openBeside(map, bounds, isNarrow);
  map.once('load', () => foldSources(container));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-left');
  map.addControl(groupControl(element('#tools')), 'bottom-right');
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  const whole = element('.map-layout');
  map.addControl(new FullscreenControl({ container: whole }), 'bottom-right');
  return map;
}

/** The address of the style, with the variant of the base map that the view asks for. */
function styleOf(container: HTMLElement, view: View): string {
  const style = container.dataset['style'] ?? '';
  return view.base ? `${style}&base=${encodeURIComponent(view.base)}` : style;
}

/** Opens the map on a box that the search does not cover, if that costs next to no size. */
function openBeside(map: MapView, bounds: Box, isNarrow: boolean): void {
  const search = element('.map-search');
  const frame = element('.map-frame');
  if (search.offsetLeft + search.offsetWidth <= frame.offsetLeft) return;
  const padding = { top: EDGE_PX, right: EDGE_PX, bottom: EDGE_PX, left: EDGE_PX };
  if (isNarrow) padding.top += search.offsetTop + search.offsetHeight;
  else padding.left += search.offsetLeft + search.offsetWidth;
  const whole = map.cameraForBounds(bounds, { padding: EDGE_PX });
  const beside = map.cameraForBounds(bounds, { padding });
  if (whole?.zoom && beside?.zoom && beside.zoom > whole.zoom - 0.25) map.jumpTo(beside);
}

function foldSources(container: HTMLElement): void {
  const sources = container.querySelector('.maplibregl-ctrl-attrib');
  sources?.removeAttribute('open');
  sources?.classList.remove('maplibregl-compact-show');
}

/** Returns a group of buttons of the page as a control, which then stacks with the others. */
function groupControl(group: HTMLElement): IControl {
  group.classList.add('maplibregl-ctrl', 'maplibregl-ctrl-group');
  group.hidden = false;
  return { onAdd: () => group, onRemove: () => group.remove() };
}

/** Adds the button that finds the visitor, and says when that is outside of the map. */
function addLocation(map: MapView, bounds: Box, text: Text, announce: Announce): void {
  const control = new GeolocateControl({
    positionOptions: { enableHighAccuracy: true, timeout: 15_000 },
    fitBoundsOptions: { maxZoom: PLACE_ZOOM },
    trackUserLocation: true,
  });
  map.addControl(control, 'bottom-right');
  const [west, south, east, north] = bounds;
  control.on('geolocate', ({ coords }) => {
    const isHere =
      coords.longitude >= west &&
      coords.longitude <= east &&
      coords.latitude >= south &&
      coords.latitude <= north;
    announce(text(isHere ? 'map-located' : 'map-located-outside'));
  });
  control.on('error', () => announce(text('map-locate-failed')));
}

function start(): void {
  const container = element('#map');
  const layout = element('.map-layout');
  const prefix = container.dataset['prefix'] ?? '';
  const text = readTexts(container.dataset['texts'] ?? '{}');
  const announce = announcer(element('#announcer'));
  if (!hasWebGl()) {
    sayInstead(container, text('map-no-webgl'));
    layout.toggleAttribute('data-no-map', true);
    return;
  }

  let view = readView(window.location.search);
  const isEmbedded = new URLSearchParams(window.location.search).get('incorpora') === '1';
  const write = (isNew: boolean): void => {
    const query = writeView(view);
    const mode = isEmbedded ? `${query ? '&' : '?'}incorpora=1` : '';
    const address = window.location.pathname + query + mode;
    if (isNew) window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
  };
  const side = element('#side');
  const opener = element<HTMLButtonElement>('#side-open');
  let map: MapView | undefined = undefined;
  sideOf(layout, side, opener, element<HTMLButtonElement>('#side-close'), text, () => {
    (map as MapView | undefined)?.resize();
  });
  setWorkerUrl(workerUrl);
  map = createMap(container, text, view);
  const bounds = boundsOf(container);
  addLocation(map, bounds, text, announce);
  if (container.dataset['test'] !== undefined) window.__map = map;

  const aside = element('#panel');
  const body = element('#panel-body');
  const close = element<HTMLButtonElement>('#panel-close');
  const sheet = sheetOf(
    aside,
    element('.sheet-bar'),
    element<HTMLButtonElement>('#sheet-larger'),
    element<HTMLButtonElement>('#sheet-smaller'),
  );
  const hint = element<HTMLTemplateElement>('#panel-hint');
  const fold = foldOf(layout, element<HTMLButtonElement>('#panel-fold'), text);
  let isAdding = false;
  const panel = panelOf(
    body,
    element('#panel-bar'),
    element('#panel-selection'),
    hint,
    text,
    (hasCard) => {
      sheet.hasCard(hasCard);
      if (hasCard) fold.open();
      enableCopying(body);
      showAdding();
      if (!hasCard) inView?.refresh();
    },
  );
  const highlight = highlightOn(map);
  const selection = selectionOn({
    map,
    highlight,
    panel,
    announce,
    text,
    prefix,
    date: () => view.date,
    covered: () => sheet.covered(),
    chosen(choice) {
      const { place: _, ...rest } = view;
      const next: View = { ...rest, ...choice };
      const isNew = !sameChoice(view, next);
      view = next;
      if (isNew) write(true);
      inView?.tick();
    },
  });
  const inView = inViewOn(map, body, panel, selection, prefix, () => highlight.minZoom());

  const layers = layersOn(map, side, text, announce, () => {
    view = { ...view, ...layers.state() };
    write(false);
    legend.update();
  });
  const legend = legendOn(
    map,
    side,
    () => {
      const params = new URLSearchParams({ lang: document.documentElement.lang });
      if (view.base) params.set('base', view.base);
      return `/api/v1/legend/${container.dataset['comune']}?${params}`;
    },
    (layer) => layers.isOn(layer),
    text,
  );
  layers.restore(view);
  liveOn(map, side, (layer) => layers.isOn(layer));

  const base = baseChoiceOn(element('#base-choice'), (chosen) => {
    const { base: _, ...rest } = view;
    view = chosen ? { ...rest, base: chosen } : rest;
    write(false);
    map.setStyle(styleOf(container, view), { diff: false });
  });
  base.restore(view.base);

  const asOf = asOfOn(side, text, announce, (date) => {
    const { date: _, ...rest } = view;
    view = date ? { ...rest, date } : rest;
    write(true);
    selection.again();
  });
  asOf.restore(view.date);

  // "Aggiungi" makes the next clicks add to what is chosen, for hands without a Shift key.
  const showAdding = (): void => {
    const button = body.querySelector<HTMLButtonElement>('[data-add]');
    if (button) {
      button.hidden = false;
      button.setAttribute('aria-pressed', String(isAdding));
    }
  };
  const setAdding = (next: boolean): void => {
    isAdding = next;
    layout.toggleAttribute('data-adding', next);
    showAdding();
    announce(text(next ? 'map-adding' : 'map-adding-ended'));
  };
  body.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-add]')) {
      setAdding(!isAdding);
    }
  });
  element('#panel-selection').addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>('[data-show],[data-remove],[data-clear]');
    const { show, remove, clear } = button?.dataset ?? {};
    const title =
      button?.parentElement?.querySelector('.chip-show > span')?.textContent.trim() ?? '';
    if (show) selection.look(show);
    else if (remove) selection.remove(remove, title);
    else if (clear !== undefined) {
      selection.clear();
      body.querySelector<HTMLElement>('.card-title')?.focus();
    }
  });

  const zone = zoneOf(Number(container.dataset['srid']));
  const measureButton = element<HTMLButtonElement>('#tool-measure');
  const measure =
    zone === undefined
      ? undefined
      : measureOn(map, zone, measureButton, element('#measure'), text, announce);
  measureButton.hidden = measure === undefined;

  // Where parcels are too small to be drawn, a choice brings them nearer.
  const choose = (point: Point, position: LngLat, by: By, add: boolean): void => {
    const from = highlight.minZoom();
    if (map.getZoom() >= from) selection.choosePoint(point, position, by, add || isAdding);
    else map.easeTo({ center: position, zoom: from + CLOSER });
  };
  map.on('click', (event) => {
    const { shiftKey, ctrlKey, metaKey } = event.originalEvent;
    if (measure?.isOn()) measure.add(event.lngLat);
    else choose(event.point, event.lngLat, 'pointer', shiftKey || ctrlKey || metaKey);
  });
  // Shift and a click add a parcel; Shift and a drag would zoom, and swallow the click.
  map.boxZoom.disable();
  close.addEventListener('click', () => {
    if (isAdding) setAdding(false);
    selection.clear();
    map.getCanvas().focus();
  });
  const toList = (): void => {
    if (!panel.isList()) selection.list();
    fold.open();
    sheet.hasCard(true);
    inView.refresh();
    body.querySelector<HTMLElement>('.card-title')?.focus();
  };
  element('#panel-back').addEventListener('click', toList);
  map.on('moveend', () => {
    const center = map.getCenter().wrap();
    view = { ...view, camera: [center.lng, center.lat, map.getZoom()] };
    write(false);
  });
  window.addEventListener('popstate', () => {
    const before = view;
    view = readView(window.location.search);
    layers.restore(view);
    asOf.restore(view.date);
    if (before.base !== view.base) {
      base.restore(view.base);
      map.setStyle(styleOf(container, view), { diff: false });
    }
    if (sameChoice(before, view)) {
      if (before.date !== view.date) selection.again();
      return;
    }
    if (view.references.length > 0) selection.chooseParcels(view.references, 'address', false);
    else if (view.place) selection.choosePlace(...view.place, 'address');
    else selection.clear();
  });

  const coordinates = coordinatesOn(
    map,
    element('#map-status'),
    element<HTMLDialogElement>('#coordinates-dialog'),
    Number(container.dataset['srid']),
    text,
  );
  const form = element<HTMLFormElement>('[data-search]');
  giveKeys(
    {
      map,
      choose,
      selection,
      measure,
      coordinates,
      toList,
      search: element<HTMLInputElement>('#search'),
    },
    element<HTMLDialogElement>('#map-keys'),
    element('#map-keys-open'),
  );
  for (const dialog of document.querySelectorAll<HTMLElement>('.map-dialog')) {
    serveSharing(dialog, text, announce);
  }
  serveSharing(aside, text, announce);
  serveShareDialog(
    element<HTMLDialogElement>('#share-dialog'),
    element<HTMLButtonElement>('#tool-share'),
    text,
    announce,
  );
  comboboxOn(form, container.dataset['comune'] ?? '', text, announce, (result) => {
    goTo(result);
  });
  const goTo = (result: Result): void => {
    const isHere = result.map.startsWith(`${prefix}/mappa`);
    if (!isHere) {
      window.location.assign(result.map);
    } else if (result.reference) {
      selection.chooseParcel(result.reference, 'keyboard', true);
    } else if (result.bbox) {
      map.fitBounds(result.bbox, { padding: 60, maxZoom: PLACE_ZOOM });
      announce(text('map-shown').replace('%1', result.title));
      map.getCanvas().focus();
    } else {
      map.jumpTo({ center: [result.lon, result.lat], zoom: PLACE_ZOOM });
      selection.choosePlace(result.lon, result.lat, 'keyboard');
    }
  };
  refreshOn(
    map,
    () => styleOf(container, view),
    () => announce(text('map-refreshed')),
  );
  tellState(map, text, () => highlight.minZoom());

  const article = body.querySelector<HTMLElement>('.place-card');
  const fit = view.camera === undefined;
  if (view.references.length > 1) selection.chooseParcels(view.references, 'address', fit);
  else if (article) selection.adopt(readCard(article), fit);
  else if (view.references.length > 0) selection.chooseParcels(view.references, 'address', fit);
  else if (view.place) selection.choosePlace(...view.place, 'address');
  else map.once('idle', () => inView.refresh());
}

/** Says on the map what keeps parcels from being seen: no style, or a zoom too far out. */
function tellState(map: MapView, text: Text, minZoom: () => number): void {
  const note = element('#map-note');
  let isLoaded = false;
  const say = (sentence: string): void => {
    note.textContent = sentence;
    note.hidden = sentence === '';
  };
  const update = (): void => {
    say(isLoaded && map.getZoom() < minZoom() ? text('map-zoom-closer') : '');
  };
  say(text('map-loading-map'));
  map.on('style.load', () => {
    isLoaded = true;
    update();
  });
  map.on('zoomend', update);
  map.on('error', () => {
    if (!isLoaded) say(text('map-style-failed'));
  });
}

// Labels are drawn with the page's own font: it has to be there before the first tile.
void Promise.allSettled([
  document.fonts.load('400 16px "Titillium Web"'),
  document.fonts.load('600 16px "Titillium Web"'),
]).then(start);
