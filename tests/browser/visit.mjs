// A visit of the site in Chromium, and what tests ask of the map.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { axeSource, chromium } from './packages.mjs';

/** Places of the sample where it is known what there is. */
export const PLACES = JSON.parse(
  readFileSync(new URL('../../data/borgochiaro/expected.json', import.meta.url), 'utf8'),
).places;

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const HIT = 'catasto.particella.hit';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** The same page with fewer pixels to draw, for what needs no look. */
export const SMALL = { viewport: { width: 960, height: 560 } };
/** The desktop at 200 %: half the width and height in CSS pixels. */
export const ZOOMED = { viewport: { width: 640, height: 400 } };
/** Windows' high contrast: colours of the system instead of ours. */
export const FORCED = { ...DESKTOP, forcedColors: 'active' };
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

/**
 * Opens a page for a test and closes it after. An error in the console fails the test, a breach of
 * the content security policy too; so does, whatever the test allows, a request to another site.
 */
export async function visit(browser, base, options, steps) {
  const { allowErrors = /$^/, ...context } = options;
  const session = await browser.newContext({
    baseURL: base,
    locale: 'it-IT',
    deviceScaleFactor: 1,
    ...context,
  });
  const page = await session.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  const foreign = [];
  session.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !allowErrors.test(text)) errors.push(text);
  });
  try {
    await steps(page);
    assert.deepEqual(errors, [], 'errors in the console');
    assert.deepEqual(foreign, [], 'requests to other sites');
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

/** Chooses a place on the map as a pointer does, and returns the selection of its card. */
export async function choose(page, { lon, lat }, zoom = 18) {
  if (await page.evaluate(() => window.__map === undefined)) await openMap(page);
  await page.evaluate(
    ([lon, lat, zoom]) => window.__map.jumpTo({ center: [lon, lat], zoom }),
    [lon, lat, zoom],
  );
  await idle(page);
  const shown = page.locator('#panel-body .place-card');
  const before = (await shown.count()) ? await shown.getAttribute('data-page') : null;
  const { x, y } = await page.evaluate(
    ([lon, lat]) => {
      const box = window.__map.getCanvas().getBoundingClientRect();
      const point = window.__map.project([lon, lat]);
      return { x: box.x + point.x, y: box.y + point.y };
    },
    [lon, lat],
  );
  await page.mouse.click(x, y);
  await page.waitForFunction((before) => {
    const card = document.querySelector('#panel-body .place-card');
    return card !== null && card.dataset.page !== before;
  }, before);
  const selection = await cardOf(page);
  await idle(page);
  return selection;
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
          const [px, py] = [at.x - canvas.x, at.y - canvas.y];
          // Well inside: what stands within five pixels is the same parcel.
          const around = [
            [px - 5, py - 5],
            [px + 5, py + 5],
          ];
          const features = map.queryRenderedFeatures(around, {
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
