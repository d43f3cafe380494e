// The pages: the same text as the card, without a script, accessible, light.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import {
  DESKTOP,
  PHONE,
  assertAccessible,
  cardOf,
  openMap,
  parcelsInView,
  shot,
  visit,
} from './visit.mjs';

const MAP_BUDGET = 600_000;
const PAGE_BUDGET = 100_000;
const MAP_REQUESTS = 25;

function words(text) {
  return text.replace(/\s+/g, ' ').trim();
}

/** Returns how many bytes an answer has on the wire, compressed as gzip, without headers. */
function wireBytes(url) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/**
 * Returns what a page weighs, tiles left out, and how many requests it makes. Each address is
 * asked for again: what the browser tells of sizes leaves out workers and what it preloaded.
 */
async function weigh(page, address, settle) {
  const urls = new Set();
  page.on('request', (request) => urls.add(request.url()));
  page.on('worker', (worker) => urls.add(worker.url()));
  await page.goto(address, { waitUntil: 'networkidle' });
  await settle();
  const { origin } = new URL(page.url());
  const sent = [...urls].filter((url) => !/^(data|blob):/.test(url));
  const foreign = sent.filter((url) => !url.startsWith(origin));
  assert.deepEqual(foreign, [], 'no request leaves the site');
  const own = sent.filter((url) => !new URL(url).pathname.startsWith('/tiles/'));
  const sizes = await Promise.all(own.map(wireBytes));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), requests: own.length };
}

export function pageTests(site) {
  const open = (options, steps) => visit(site.browser, site.base, options, steps);

  test('the page of a parcel says what its card says', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const parcels = (await parcelsInView(page)).slice(0, 3);
      assert.ok(parcels.length > 0);
      for (const parcel of parcels) {
        await page.mouse.click(parcel.x, parcel.y);
        await cardOf(page, new RegExp(parcel.reference.replace(/[.]/g, '\\.')));
        const card = page.locator('#panel-body .place-card');
        const facts = await card
          .locator(
            '.card-title, .card-subtitle, .place-parcel .fact-number, .reference, .layer-list strong',
          )
          .allInnerTexts();
        const address = await card.locator('.parcel-links a').getAttribute('href');
        const response = await page.request.get(address);
        assert.equal(response.status(), 200);
        const text = await page.evaluate(
          (html) => new DOMParser().parseFromString(html, 'text/html').body.textContent,
          await response.text(),
        );
        for (const fact of facts) assert.ok(words(text).includes(words(fact)), fact);
      }
    }));

  for (const [device, options] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ]) {
    for (const lang of ['it', 'en']) {
      test(`every page is accessible: ${device}, ${lang}`, () =>
        open({ ...options, allowErrors: true }, async (page) => {
          await page.goto(`/lingua/${lang}?ritorno=/mappa`);
          const { reference, lon, lat } = await site.sample();
          const parcel = `/particella/${encodeURIComponent(reference.replaceAll('/', '~'))}`;
          const pages = {
            home: '/',
            parcel,
            place: `/luogo?lon=${lon}&lat=${lat}`,
            outside: '/luogo?lon=0&lat=0',
            search: '/cerca?q=',
            nothing: '/cerca?q=zzz',
            missing: '/particella/Z999_000100.1',
            'sign-in': '/demo/accedi',
          };
          for (const [name, address] of Object.entries(pages)) {
            await page.goto(address);
            assert.equal(await page.getAttribute('html', 'lang'), lang, name);
            assert.equal(await page.locator('h1').count(), 1, name);
            assert.equal(await page.locator('[style]').count(), 0, `no style attribute: ${name}`);
            const width = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(width <= options.viewport.width, `${name} scrolls sideways`);
            await assertAccessible(page, `${name} (${device}, ${lang})`);
            if (lang === 'it') await shot(page, `page-${name}`);
          }
        }));
    }
  }

  test('without a script the search finds a parcel and the map says why it is empty', () =>
    open({ ...DESKTOP, javaScriptEnabled: false }, async (page) => {
      const { reference } = await site.sample();
      await page.goto('/mappa');
      await page.locator('.map-message').waitFor();
      assert.match(await page.locator('.map-message').innerText(), /JavaScript/);
      await shot(page, 'no-script');
      await page.fill('#search', reference);
      await page.click('.search-box button');
      await page.locator('h1', { hasText: 'Particella' }).waitFor();
      assert.match(
        await page.locator('.place-card').innerText(),
        new RegExp(reference.split('.')[0]),
      );
    }));

  test('without WebGL the page says so, and the search still works', () =>
    open(DESKTOP, async (page) => {
      const { reference } = await site.sample();
      await page.addInitScript(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      });
      await page.goto('/mappa');
      await page.locator('.map-message', { hasText: 'WebGL' }).waitFor();
      await assertAccessible(page, 'map without WebGL');
      await page.fill('#search', reference);
      await page.keyboard.press('Enter');
      await page.locator('h1', { hasText: 'Particella' }).waitFor();
    }));

  test('the accessibility check finds a field without a label', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/');
      await page.evaluate(() => document.querySelector('label[for=search]').remove());
      await page.evaluate(() => document.querySelector('#search').removeAttribute('placeholder'));
      await assert.rejects(assertAccessible(page, 'a broken page'), /label/);
    }));

  test('signing in for the demonstration shows who it is, and signing out forgets it', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/demo/accedi?ritorno=/mappa');
      await page.locator('.identity-list button').nth(1).click();
      await page.waitForURL('**/mappa');
      const viewer = page.locator('.site-tools .viewer');
      assert.match(await viewer.innerText(), /Bruno Esempio/);
      await viewer.locator('button').click();
      await page.waitForURL('**/mappa');
      assert.equal(await page.locator('.viewer').count(), 0);
    }));

  test('the map page stays within its budget', () =>
    open(DESKTOP, async (page) => {
      const idle = () => page.waitForFunction(() => window.__map?.loaded());
      const { bytes, requests } = await weigh(page, '/mappa', idle);
      site.note(`/mappa: ${bytes} bytes, ${requests} requests before tiles`);
      assert.ok(bytes <= MAP_BUDGET, `${bytes} bytes`);
      assert.ok(requests <= MAP_REQUESTS, `${requests} requests`);
    }));

  test('pages stay within their budget', async () => {
    const { reference } = await site.sample();
    for (const address of [
      '/',
      `/particella/${encodeURIComponent(reference.replaceAll('/', '~'))}`,
    ]) {
      await open(DESKTOP, async (page) => {
        const { bytes } = await weigh(page, address, async () => {});
        site.note(`${address}: ${bytes} bytes`);
        assert.ok(bytes <= PAGE_BUDGET, `${address}: ${bytes} bytes`);
      });
    }
  });
}
