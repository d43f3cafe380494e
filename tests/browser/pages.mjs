// The pages: the same text as the card, without a script, accessible, light.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import { kitStylesheet } from './packages.mjs';
import {
  DESKTOP,
  FORCED,
  PHONE,
  PLACES,
  ZOOMED,
  assertAccessible,
  cardOf,
  openMap,
  parcelsInView,
  shot,
  visit,
} from './visit.mjs';

/** Answers that must fail, with what their page says. */
const FAILURES = [
  ['/nessuna-pagina', 404, 'Non abbiamo trovato quello che cerchi'],
  ['/particella/X001_000300.99999', 404, 'Non abbiamo trovato quello che cerchi'],
  ['/luogo?lon=9', 400, 'L’indirizzo non è completo'],
  ['/c/nessuno/mappa', 404, 'Non abbiamo trovato quello che cerchi'],
];

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
        const address = await card
          .locator('.parcel-links a.btn:not([data-share])')
          .getAttribute('href');
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
    ['zoom 200 %', ZOOMED],
    ['high contrast', FORCED],
  ]) {
    for (const lang of options === FORCED ? ['it'] : ['it', 'en']) {
      test(`every page is accessible: ${device}, ${lang}`, () =>
        open({ ...options, allowErrors: /status of 404/ }, async (page) => {
          await page.goto(`/lingua/${lang}?ritorno=/mappa`);
          const { reference, lon, lat } = await site.sample();
          const parcel = `/particella/${encodeURIComponent(reference.replaceAll('/', '~'))}`;
          const pages = {
            home: '/',
            parcel,
            place: `/luogo?lon=${lon}&lat=${lat}`,
            overlap: `/luogo?lon=${PLACES.overlap_of_two_sheets.lon}&lat=${PLACES.overlap_of_two_sheets.lat}`,
            outside: '/luogo?lon=0&lat=0',
            search: '/cerca?q=',
            results: '/cerca?q=3',
            nothing: '/cerca?q=zzz',
            layers: '/livelli',
            layer: '/livelli/catasto.particella',
            selection: '/particelle?sel=X001_000300.21,X001_000300.22',
            missing: '/particella/Z999_000100.1',
            'sign-in': '/demo/accedi',
            contacts: '/contatti',
            accessibility: '/accessibilita',
            privacy: '/privacy',
            legal: '/note-legali',
            report: `${parcel}/segnala?layer=catasto.particella`,
            'report-place': `/luogo/segnala?lon=${lon}&lat=${lat}`,
          };
          for (const [name, address] of Object.entries(pages)) {
            await page.goto(address);
            assert.equal(await page.getAttribute('html', 'lang'), lang, name);
            assert.equal(await page.locator('h1').count(), 1, name);
            assert.equal(await page.locator('[style]').count(), 0, `no style attribute: ${name}`);
            const width = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(width <= options.viewport.width, `${name} scrolls sideways`);
            await assertAccessible(page, `${name} (${device}, ${lang})`);
            const style = options === FORCED ? 'page-contrast' : 'page';
            if (lang === 'it') await shot(page, `${style}-${name}`);
          }
        }));
    }
  }

  for (const lang of ['it', 'en']) {
    test(`a page is rated and a fact is contested, up to the desk of the staff: ${lang}`, () =>
      open(PHONE, async (page) => {
        await page.goto(`/lingua/${lang}?ritorno=/livelli`);
        await page.locator('[data-element="feedback-rate-2"]').press('Enter');
        await page.locator('[data-element="feedback-rating-negative"]').waitFor();
        await assertAccessible(page, `why a page is not clear (${lang})`);
        if (lang === 'it') await shot(page, 'page-rating');
        await page.locator('#reason-technical').check();
        await page.locator('#rating-note').fill('Lenta');
        await page.locator('main button[type=submit]').click();
        await page.locator('[data-element="feedback-thank"]').waitFor();
        await assertAccessible(page, `thanks (${lang})`);

        const { lon, lat } = await site.sample();
        await page.goto(`/luogo?lon=${lon}&lat=${lat}`);
        await page.locator('.place-report a').last().click();
        await page.locator('#report-text').fill('Qui il confine è sbagliato.');
        await page.locator('main button[type=submit]').click();
        await page.locator('[role=status]').waitFor();
        await assertAccessible(page, `receipt of a report (${lang})`);

        await page.goto('/demo/accedi?ritorno=/gis/segnalazioni');
        await page.locator('form:has(input[value=gis_clerk]) button').click();
        await page.waitForURL('**/gis/segnalazioni');
        await assertAccessible(page, `reports (${lang})`);
        if (lang === 'it') await shot(page, 'page-reports');
        await page.locator('main table a').first().click();
        await page.locator('#note').waitFor();
        await assertAccessible(page, `a report (${lang})`);
        if (lang === 'it') await shot(page, 'page-reported');
        await page.locator('#note').fill('Corretto.');
        await page.locator('main form button').click();
        await page.locator('.gis-done').waitFor();
        await page.goto('/gis/valutazioni');
        await assertAccessible(page, `ratings (${lang})`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= PHONE.viewport.width, 'ratings scroll sideways');
      }));
  }

  test('a failure is said in words, with a way on and the code of the request', () =>
    open({ ...DESKTOP, allowErrors: /status of 40[04]/ }, async (page) => {
      for (const [address, status, title] of FAILURES) {
        const response = await page.goto(address);
        assert.equal(response.status(), status, address);
        assert.equal(await page.locator('h1').innerText(), title, address);
        assert.ok((await page.locator('main a.btn').count()) > 0, address);
        const code = await page.locator('.request-id code').innerText();
        assert.equal(code, response.headers()['x-request-id']);
        await assertAccessible(page, address);
      }
    }));

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

  test('most classes are those of the national kit, and the stylesheet has them', () =>
    open(DESKTOP, async (page) => {
      const used = new Map();
      const { lon, lat } = PLACES.overlap_of_two_sheets;
      const addresses = [
        '/',
        '/mappa',
        `/luogo?lon=${lon}&lat=${lat}`,
        '/cerca?q=3',
        '/demo/accedi',
      ];
      for (const address of addresses) {
        const html = await (await page.request.get(`${site.base}${address}`)).text();
        for (const [, list] of html.matchAll(/ class="([^"]*)"/g)) {
          for (const name of list.split(/\s+/)) {
            if (name) used.set(name, (used.get(name) ?? 0) + 1);
          }
        }
      }
      const kit = new Set([...kitStylesheet.matchAll(/\.(-?[_a-z][\w-]*)/gi)].map(([, n]) => n));
      const ofKit = [...used.keys()].filter((name) => kit.has(name));
      const share = ofKit.length / used.size;
      site.note(`${ofKit.length} of ${used.size} classes are Bootstrap Italia's`);
      assert.ok(share >= 0.3, `${Math.round(share * 100)} %`);
      await page.goto('/');
      const own = await page.evaluate(() =>
        [...document.styleSheets]
          .flatMap((sheet) => [...sheet.cssRules])
          .map((rule) => rule.cssText)
          .join(''),
      );
      for (const name of ['btn-primary', 'it-header-slim-wrapper', 'it-footer', 'table']) {
        assert.ok(own.includes(`.${name}`), name);
      }
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
      await page.locator('.identity-list button', { hasText: 'Bruno Esempio' }).click();
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
      '/livelli',
      '/servizi',
      '/privacy',
      '/cerca?q=3',
    ]) {
      await open(DESKTOP, async (page) => {
        const { bytes } = await weigh(page, address, async () => {});
        site.note(`${address}: ${bytes} bytes`);
        assert.ok(bytes <= PAGE_BUDGET, `${address}: ${bytes} bytes`);
      });
    }
  });
}
