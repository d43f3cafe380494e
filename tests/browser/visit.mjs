// A visit of the site in Chromium, and what tests ask of the map.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { axeSource, chromium } from './packages.mjs';

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const HIT = 'catasto.particella.hit';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
};

/** One fixed set of flags: another set draws other pixels. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
}

/** Opens a page for a test and closes it after; an error in the console fails the test. */
export async function visit(browser, base, options, steps) {
  const { allowErrors = false, ...context } = options;
  const session = await browser.newContext({
    baseURL: base,
    locale: 'it-IT',
    deviceScaleFactor: 1,
    ...context,
  });
  const page = await session.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  try {
    await steps(page);
    if (!allowErrors) assert.deepEqual(errors, []);
  } catch (error) {
    await shot(page, `failed-${Date.now()}`).catch(() => undefined);
    throw error;
  } finally {
    await session.close();
  }
}

export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  const { width } = page.viewportSize();
  await page.screenshot({ path: `${SHOTS}${name}-${width}.png` });
}

/** Waits until the map has drawn everything that it asked for. */
export function idle(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => {
          const map = window.__map;
          if (!map) setTimeout(look, 30);
          else if (map.loaded() && map.areTilesLoaded() && !map.isMoving()) resolve();
          else map.once('idle', resolve);
        };
        look();
      }),
  );
}

/** Opens the map; without a camera, near enough to see parcels. */
export async function openMap(page, address = '/mappa') {
  await page.goto(address);
  await idle(page);
  if (!address.includes('?')) {
    await page.evaluate(() => window.__map.jumpTo({ zoom: Math.max(16, window.__map.getZoom()) }));
    await idle(page);
  }
}

/**
 * Returns parcels drawn on the canvas, with a point of the page inside each that no control,
 * search box or panel covers, nearest to the centre first.
 */
export function parcelsInView(page, kind = 'parcel') {
  return page.evaluate(
    ([layer, kind]) => {
      const map = window.__map;
      const canvas = map.getCanvas().getBoundingClientRect();
      const center = {
        x: canvas.x + canvas.width / 2,
        y: canvas.y + canvas.height / 2,
      };
      const found = new Map();
      for (let dx = -240; dx <= 240; dx += 12) {
        for (let dy = -160; dy <= 160; dy += 12) {
          const at = {
            x: Math.round(center.x + dx),
            y: Math.round(center.y + dy),
          };
          if (document.elementFromPoint(at.x, at.y) !== map.getCanvas()) continue;
          const point = [at.x - canvas.x, at.y - canvas.y];
          const features = map.queryRenderedFeatures(point, {
            layers: [layer],
          });
          const ids = new Set(features.map((feature) => feature.id));
          const [feature] = features;
          if (ids.size !== 1 || feature.properties.kind !== kind || found.has(feature.id)) continue;
          found.set(feature.id, {
            ...at,
            id: feature.id,
            reference: feature.properties.reference,
            number: feature.properties.number,
            far: Math.hypot(dx, dy),
          });
        }
      }
      return [...found.values()].sort((a, b) => a.far - b.far);
    },
    [HIT, kind],
  );
}

/** Returns a position that lies in two parcels, with their references; `undefined` if none is in view. */
export function overlapInView(page) {
  return page.evaluate((layer) => {
    const map = window.__map;
    const parcels = new Map();
    for (const feature of map.queryRenderedFeatures({ layers: [layer] })) {
      const { type, coordinates } = feature.geometry;
      const polygons = type === 'Polygon' ? [coordinates] : coordinates;
      const known = parcels.get(feature.id) ?? {
        ...feature.properties,
        rings: [],
      };
      known.rings.push(...polygons.map((polygon) => polygon[0]));
      parcels.set(feature.id, known);
    }
    const isIn = ([x, y], ring) => {
      let inside = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      }
      return inside;
    };
    const box = (ring) => {
      const [xs, ys] = [ring.map((p) => p[0]), ring.map((p) => p[1])];
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    };
    const rings = [...parcels.values()].flatMap((parcel) =>
      parcel.rings.map((ring) => ({
        reference: parcel.reference,
        ring,
        box: box(ring),
      })),
    );
    let best;
    for (const a of rings) {
      for (const b of rings) {
        if (a.reference >= b.reference) continue;
        const [west, south] = [Math.max(a.box[0], b.box[0]), Math.max(a.box[1], b.box[1])];
        const [east, north] = [Math.min(a.box[2], b.box[2]), Math.min(a.box[3], b.box[3])];
        const size = (east - west) * (north - south);
        if (east <= west || north <= south || (best && size <= best.size)) continue;
        const middle = [(west + east) / 2, (south + north) / 2];
        if (isIn(middle, a.ring) && isIn(middle, b.ring)) {
          best = {
            size,
            lon: middle[0],
            lat: middle[1],
            references: [a.reference, b.reference],
          };
        }
      }
    }
    return best;
  }, HIT);
}

/** Returns the card's selection once a card is in the panel whose text matches. */
export async function cardOf(page, text = /./) {
  const card = page.locator('#panel-body .place-card').filter({ hasText: text });
  await card.waitFor();
  return JSON.parse(await card.getAttribute('data-selection'));
}

/** Fails with every violation that axe finds in WCAG 2.2 A and AA. */
export async function assertAccessible(page, name) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await window.axe.run(document, { runOnly: tags });
    return violations.map((violation) => ({
      id: violation.id,
      nodes: violation.nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
    }));
  });
  assert.deepEqual(found, [], `axe on ${name}`);
}
