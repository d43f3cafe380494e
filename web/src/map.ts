import {
  FullscreenControl,
  type IControl,
  type LngLat,
  Map as MapView,
  NavigationControl,
  type Point,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { announcer } from './announce.ts';
import { readCard } from './card.ts';
import { foldOf } from './fold.ts';
import { highlightOn } from './highlight.ts';
import { giveKeys } from './keyboard.ts';
import { panelOf } from './panel.ts';
import { type View, readView, sameChoice, writeView } from './permalink.ts';
import { refreshOn } from './refresh.ts';
import { searchOnMap } from './search.ts';
import { type By, selectionOn } from './select.ts';
import { enableCopying, serveSharing } from './share.ts';
import { PHONE, sheetOf } from './sheet.ts';
import { type Text, readTexts } from './texts.ts';

type Box = [west: number, south: number, east: number, north: number];

/** What stays free around a box that is shown whole. */
const EDGE_PX = 24;
/** Parcels are shown this many zoom levels after those where they begin. */
const CLOSER = 2.5;

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
  };
}

function createMap(container: HTMLElement, text: Text, view: View): MapView {
  const box = (container.dataset['bounds'] ?? '').split(',').map(Number);
  const [west, south, east, north] = box.length === 4 ? box : [6.6, 36.6, 18.6, 47.1];
  const bounds: Box = [west!, south!, east!, north!];
  const isNarrow = window.matchMedia(PHONE).matches;
  const map = new MapView({
    container,
    style: container.dataset['style'] ?? '',
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
    attributionControl: { compact: isNarrow },
  });
  if (!view.camera) openBeside(map, bounds, isNarrow);
  // On a phone the sources would cover the scale: they open with a touch.
  if (isNarrow) map.once('load', () => foldSources(container));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 96 }), 'bottom-left');
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  const whole = element('.map-layout');
  map.addControl(new FullscreenControl({ container: whole }), 'bottom-right');
  map.addControl(buttonControl(element('#map-keys-open')), 'bottom-right');
  return map;
}

/** Opens the map on a box that the search does not cover, if that costs next to no size. */
function openBeside(map: MapView, bounds: Box, isNarrow: boolean): void {
  const search = element('.map-search');
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

/** Returns a button of the page as a control, which then stacks with the others. */
function buttonControl(button: HTMLElement): IControl {
  const group = document.createElement('div');
  group.className = 'maplibregl-ctrl maplibregl-ctrl-group map-keys-group';
  return {
    onAdd() {
      group.append(button);
      return group;
    },
    onRemove: () => group.remove(),
  };
}

function start(): void {
  const container = element('#map');
  const prefix = container.dataset['prefix'] ?? '';
  const text = readTexts(container.dataset['texts'] ?? '{}');
  const announce = announcer(element('#announcer'));
  if (!hasWebGl()) {
    sayInstead(container, text('map-no-webgl'));
    element('.map-layout').toggleAttribute('data-no-map', true);
    return;
  }

  let view = readView(window.location.search);
  setWorkerUrl(workerUrl);
  const map = createMap(container, text, view);
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
  const fold = foldOf(element('.map-layout'), element<HTMLButtonElement>('#panel-fold'), text);
  const panel = panelOf(body, close, hint, text, (hasCard) => {
    sheet.hasCard(hasCard);
    if (hasCard) fold.open();
    enableCopying(body);
  });
  const highlight = highlightOn(map);
  const selection = selectionOn({
    map,
    highlight,
    panel,
    announce,
    text,
    prefix,
    covered: () => sheet.covered(),
    chosen(choice) {
      const next: View = { ...choice };
      if (view.camera) next.camera = view.camera;
      const isNew = !sameChoice(view, next);
      view = next;
      const address = window.location.pathname + writeView(view);
      if (isNew) window.history.pushState(null, '', address);
    },
  });

  // Where parcels are too small to be drawn, a choice brings them nearer.
  const choose = (point: Point, position: LngLat, by: By): void => {
    const from = highlight.minZoom();
    if (map.getZoom() >= from) selection.choosePoint(point, position, by);
    else map.easeTo({ center: position, zoom: from + CLOSER });
  };
  map.on('click', (event) => choose(event.point, event.lngLat, 'pointer'));
  close.addEventListener('click', () => {
    selection.clear();
    map.getCanvas().focus();
  });
  map.on('moveend', () => {
    const center = map.getCenter().wrap();
    view = { ...view, camera: [center.lng, center.lat, map.getZoom()] };
    window.history.replaceState(null, '', window.location.pathname + writeView(view));
  });
  window.addEventListener('popstate', () => {
    const before = view;
    view = readView(window.location.search);
    if (sameChoice(before, view)) return;
    if (view.reference) selection.chooseParcel(view.reference, 'address', false);
    else if (view.place) selection.choosePlace(...view.place, 'address');
    else selection.clear();
  });

  giveKeys(
    map,
    choose,
    selection,
    element<HTMLDialogElement>('#map-keys'),
    element<HTMLButtonElement>('#map-keys-open'),
  );
  serveSharing(aside, text, announce);
  searchOnMap(element<HTMLFormElement>('[data-search]'), prefix, text, announce, (reference) =>
    selection.chooseParcel(reference, 'keyboard', true),
  );
  refreshOn(map, container.dataset['style'] ?? '', () => announce(text('map-refreshed')));
  tellState(map, text, () => highlight.minZoom());

  const article = body.querySelector<HTMLElement>('.place-card');
  const fit = view.camera === undefined;
  if (article) selection.adopt(readCard(article), fit);
  else if (view.reference) selection.chooseParcel(view.reference, 'address', fit);
  else if (view.place) selection.choosePlace(...view.place, 'address');
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
