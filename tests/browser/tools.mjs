// What stands around the map: suggestions, layers, several parcels, measuring, coordinates, sharing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP,
  PHONE,
  PLACES,
  assertAccessible,
  cardOf,
  idle,
  openMap,
  parcelsInView,
  shot,
  visit,
} from './visit.mjs';

function said(page, words) {
  return page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#announcer').textContent),
    words.source,
  );
}

function drawn(page, styleLayer) {
  return page.evaluate(
    (id) => window.__map.queryRenderedFeatures({ layers: [id] }).length,
    styleLayer,
  );
}

/** Where places of the page lie, in metres of the storage CRS, as the server computes it. */
function metres(page, points) {
  return page.evaluate(async (points) => {
    const canvas = window.__map.getCanvas().getBoundingClientRect();
    const found = [];
    for (const [x, y] of points) {
      const { lng, lat } = window.__map.unproject([x - canvas.x, y - canvas.y]);
      const response = await fetch(`/api/v1/coordinates?lon=${lng}&lat=${lat}`);
      const { systems } = await response.json();
      found.push([systems[1].x, systems[1].y]);
    }
    return found;
  }, points);
}

function numberIn(text) {
  return Number(
    text
      .match(/[\d.]+(,\d+)?/)[0]
      .replaceAll('.', '')
      .replace(',', '.'),
  );
}

export function toolTests(site) {
  const open = (options, steps) => visit(site.browser, site.base, options, steps);

  test('the search suggests while one types, and keys choose', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const input = page.locator('#search');
      assert.equal(await input.getAttribute('aria-expanded'), 'false');
      await input.fill('foglio 3');
      await page.locator('.search-results .search-option').first().waitFor();
      assert.equal(await input.getAttribute('aria-expanded'), 'true');
      const groups = await page.locator('.search-group').allInnerTexts();
      assert.deepEqual(groups, ['Particelle', 'Fogli']);
      await said(page, /Risultati: \d+/);
      await assertAccessible(page, 'map with suggestions');
      await shot(page, 'suggestions');
      await page.keyboard.press('ArrowDown');
      const active = await input.getAttribute('aria-activedescendant');
      assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
      await page.keyboard.press('Escape');
      assert.equal(await input.getAttribute('aria-expanded'), 'false');
      assert.equal(await input.inputValue(), 'foglio 3', 'the first Escape only closes');
      // Half a number is enough to be offered the whole one.
      await input.fill('3 7');
      await page
        .locator('.option-title', { hasText: /^Particella 7\d/ })
        .first()
        .waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const [selected] = await cardOf(page);
      assert.match(selected.reference, /^X001_0003.{2}\.7\d/);
      await input.fill('via che non esiste');
      await page.locator('.search-none').waitFor();
      await assertAccessible(page, 'search without results');
    }));

  test('several parcels are chosen together: clicks, chips, area, contiguity, address', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const [first, second, third] = await parcelsInView(page);
      await page.mouse.click(first.x, first.y);
      await cardOf(page);
      assert.equal(await page.locator('.selection').count(), 0, 'one parcel needs no summary');
      await page.keyboard.down('Shift');
      await page.mouse.click(second.x, second.y);
      await page.keyboard.up('Shift');
      await page.locator('.selection-title', { hasText: '2 particelle scelte' }).waitFor();
      await said(page, /aggiunta.*2 particelle scelte/);
      assert.match(await page.locator('.selection-total').innerText(), /m² in tutto.*contigu/s);
      // The button does what Shift does.
      await page.click('[data-add]');
      await page.mouse.click(third.x, third.y);
      await page.locator('.selection-title', { hasText: '3 particelle scelte' }).waitFor();
      const references = [first, second, third].map((parcel) => parcel.reference);
      const asked = new URL(page.url()).searchParams.get('sel').split(',');
      assert.deepEqual(asked, references);
      await assertAccessible(page, 'map with several parcels');
      await shot(page, 'several');
      // The page without a script says the same.
      const total = await page.locator('.selection-total .fact-number').innerText();
      const html = await (await page.request.get(`/particelle?sel=${asked.join(',')}`)).text();
      assert.ok(html.includes(total), total);

      await page.reload();
      await page.locator('.selection-title', { hasText: '3 particelle scelte' }).waitFor();
      await page.locator(`[data-remove="${second.reference}"]`).click();
      await page.locator('.selection-title', { hasText: '2 particelle scelte' }).waitFor();
      await said(page, /tolta/);
      await page.click('[data-clear]');
      await page.locator('.panel-hint').waitFor();
      assert.equal(new URL(page.url()).searchParams.get('sel'), null);
    }));

  test('the parcels in view are a list, and ticking chooses them', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const box = page.locator('.view-list input');
      await box.first().waitFor();
      assert.ok((await box.count()) > 5);
      assert.match(await page.locator('.view-parcels legend').innerText(), /Particelle in vista/);
      await page.locator('#map canvas').focus();
      await page.keyboard.press('l');
      assert.equal(
        await page.evaluate(() => document.activeElement.textContent),
        'Scegli una particella',
      );
      for (let step = 0; step < 2; step++) {
        await page.keyboard.press('Tab');
        await page.keyboard.press('Space');
        await page
          .locator('.selection-title', { hasText: ['Una particella', '2 particelle'][step] })
          .waitFor();
      }
      const asked = new URL(page.url()).searchParams.get('sel').split(',');
      assert.deepEqual(asked, [await box.nth(0).inputValue(), await box.nth(1).inputValue()]);
      await assertAccessible(page, 'list with ticks');
      await page.locator('.chip-show').first().click();
      assert.equal((await cardOf(page))[0].reference, asked[0]);
      await page.click('#panel-back');
      await page.locator('.view-list input:checked').nth(1).waitFor();
    }));

  test('layers are switched and faded, and the address keeps it', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      assert.ok((await drawn(page, 'catasto.foglio.line')) > 0);
      await page.click('label[for="layer-catasto.foglio"]');
      await idle(page);
      assert.equal(await drawn(page, 'catasto.foglio.line'), 0);
      assert.match(page.url(), /off=catasto\.foglio/);
      assert.equal(await page.locator('.theme-count').first().innerText(), '1 di 2');
      await page.waitForFunction(
        () => !document.querySelector('#legend').textContent.includes('Fogli'),
      );
      await page.locator('[data-opacity="catasto"]').fill('40');
      assert.match(page.url(), /o=catasto:40/);
      const opacity = () =>
        page.evaluate(() =>
          JSON.stringify(window.__map.getPaintProperty('catasto.particella.fill', 'fill-opacity')),
        );
      const faded = await opacity();
      await page.locator('.layer-info summary').first().click();
      assert.match(await page.locator('.layer-facts').first().innerText(), /Agenzia.*CC-BY-4.0/s);
      await assertAccessible(page, 'layers');
      await shot(page, 'layers');
      await page.reload();
      await idle(page);
      assert.equal(await drawn(page, 'catasto.foglio.line'), 0);
      assert.equal(await opacity(), faded);
      assert.equal(await page.isChecked('[id="layer-catasto.foglio"]'), false);
      // What is not drawn can still be asked about.
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      assert.equal((await cardOf(page))[0].reference, parcel.reference);
    }));

  test('the base map has three looks, and keeps what is switched and chosen', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      await page.click('label[for="layer-catasto.foglio"]');
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      await cardOf(page);
      for (const base of ['scura', 'contrasto']) {
        await page.click(`label[for="base-${base}"]`);
        await page.waitForFunction(
          (base) => window.__map.getStyle()?.metadata?.['mappale:base'] === base,
          base,
        );
        await idle(page);
        assert.match(page.url(), new RegExp(`base=${base}`));
        assert.equal(await drawn(page, 'catasto.foglio.line'), 0);
        const selected = await page.evaluate(() =>
          window.__map
            .queryRenderedFeatures({ layers: ['catasto.particella.hit'] })
            .filter((feature) => feature.state.selected)
            .map((feature) => feature.id),
        );
        assert.deepEqual([...new Set(selected)], [parcel.id]);
        await assertAccessible(page, `base map ${base}`);
        await shot(page, `base-${base}`);
      }
      await page.click('label[for="base-chiara"]');
      await page.waitForFunction(
        () => window.__map.getStyle()?.metadata?.['mappale:base'] === 'chiara',
      );
      assert.doesNotMatch(page.url(), /base=/);
    }));

  test('on a phone layers and legend lie over the map and go away again', () =>
    open(PHONE, async (page) => {
      await openMap(page);
      assert.equal(await page.locator('#side').isVisible(), false);
      await page.click('#side-open');
      await page.locator('#side').waitFor();
      await page.waitForTimeout(400);
      await assertAccessible(page, 'layers on a phone');
      await shot(page, 'layers');
      await page.click('#side-close');
      assert.equal(await page.locator('#side').isVisible(), false);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'side-open');
      await page.fill('#search', 'foglio 2');
      await page.locator('.search-option').first().waitFor();
      await shot(page, 'suggestions');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, 'nothing to scroll sideways');
    }));

  test('lengths and areas are measured as the server measures, by pointer and by keys', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const points = [
        [480, 300],
        [620, 320],
        [600, 430],
      ];
      const [a, b, c] = await metres(page, points);
      await page.click('#tool-measure');
      for (const [x, y] of points.slice(0, 2)) await page.mouse.click(x, y);
      const result = () => page.locator('#measure-result').innerText();
      const length = Math.hypot(a[0] - b[0], a[1] - b[1]);
      await page.waitForFunction(
        () => document.querySelector('#measure-result').textContent !== '—',
      );
      assert.ok(Math.abs(numberIn(await result()) - length) <= 0.6, `${await result()} ${length}`);
      await page.click('[data-measure="area"]');
      await page.mouse.click(...points[2]);
      await said(page, /m² · perimetro/);
      const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
      assert.ok(Math.abs(numberIn(await result()) - area) <= 1, `${await result()} ${area}`);
      assert.equal(await page.locator('.place-card').count(), 0, 'no place was chosen');
      await idle(page);
      await assertAccessible(page, 'measuring');
      await shot(page, 'measure');
      await page.click('#measure-close');
      assert.equal(await page.locator('#measure').isVisible(), false);

      const canvas = page.locator('#map canvas').first();
      await canvas.focus();
      await page.keyboard.press('m');
      await page.keyboard.press('Enter');
      await said(page, /Punti: 1/);
      await page.keyboard.press('ArrowRight');
      await idle(page);
      await page.keyboard.press('Enter');
      await said(page, /Punti: 2/);
      await page.keyboard.press('Backspace');
      await said(page, /Punti: 1/);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('#measure').isVisible(), false);
    }));

  test('coordinates are told in three systems, and the line under the map agrees', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const { lng, lat } = await page.evaluate(() => window.__map.getCenter());
      const answer = await page.request.get(`/api/v1/coordinates?lon=${lng}&lat=${lat}`);
      const { systems } = await answer.json();
      assert.deepEqual(
        systems.map((system) => system.crs),
        ['EPSG:4326', 'EPSG:7791', 'EPSG:3003'],
      );
      const [east, north] = (await page.locator('#map-position').innerText())
        .match(/E ([\d.]+)\s+N ([\d.]+)/)
        .slice(1)
        .map(numberIn);
      assert.ok(Math.abs(east - systems[1].x) <= 0.51, `${east} ${systems[1].x}`);
      assert.ok(Math.abs(north - systems[1].y) <= 0.51, `${north} ${systems[1].y}`);
      await page.locator('#map canvas').first().focus();
      await page.keyboard.press('c');
      await page.locator('.coordinate-list').waitFor();
      assert.match(await page.locator('.coordinate-list').innerText(), /Gauss-Boaga, fuso Ovest/);
      await assertAccessible(page, 'coordinates');
      await shot(page, 'coordinates');
      await page.keyboard.press('Escape');
      assert.match(await page.locator('#map-scale').innerText(), /^1:\d+\.\d{3}$/);
    }));

  test('the map can be shared, and put into another page', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      await page.click('label[for="layer-catasto.foglio"]');
      await page.click('#tool-share');
      const link = await page.inputValue('#share-link');
      assert.equal(link, page.url());
      const code = await page.inputValue('#share-embed');
      assert.match(code, /^<iframe src="[^"]+incorpora=1" title="[^"]+"/);
      await assertAccessible(page, 'sharing');
      await shot(page, 'share');
      const address = code.match(/src="([^"]+)"/)[1].replaceAll('&amp;', '&');
      const response = await page.goto(address);
      assert.match(response.headers()['content-security-policy'], /frame-ancestors \*/);
      await idle(page);
      assert.equal(await page.locator('header').count(), 0);
      assert.equal(await drawn(page, 'catasto.foglio.line'), 0);
      assert.match(page.url(), /incorpora=1/);
      await assertAccessible(page, 'embedded map');
      await shot(page, 'embedded');
      const whole = await page.request.get('/mappa');
      assert.match(whole.headers()['content-security-policy'], /frame-ancestors 'none'/);
    }));

  test('another day is asked about, and the address says so', () =>
    open({ ...DESKTOP, allowErrors: /status of 404/ }, async (page) => {
      const [reference] = PLACES.plain_parcel.references;
      await page.goto(`/mappa?sel=${reference}`);
      await cardOf(page);
      await idle(page);
      assert.equal(await page.locator('#as-of-note').isVisible(), false);
      const asked = page.waitForResponse(/frammento=1/);
      await page.fill('#as-of', '1999-12-31');
      await page.locator('#as-of').dispatchEvent('change');
      assert.match((await asked).url(), /date=1999-12-31/);
      await page.locator('.panel-failure').waitFor();
      assert.match(page.url(), /date=1999-12-31/);
      assert.equal(await page.locator('#as-of-note').isVisible(), true);
      await assertAccessible(page, 'map of another day');
      await page.click('#as-of-today');
      assert.equal((await cardOf(page))[0].reference, reference);
      assert.doesNotMatch(page.url(), /date=/);
    }));

  test('each layer has a page with its fields and its files', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/livelli');
      await page.click('.parcel-list-title:has-text("Particelle catastali")');
      assert.equal(await page.locator('h1').innerText(), 'Particelle catastali');
      assert.match(await page.locator('.breadcrumb').innerText(), /Inizio.*Livelli della mappa/s);
      const geojson = await page.request.get(
        await page.getByRole('link', { name: 'GeoJSON' }).getAttribute('href'),
      );
      const { features } = await geojson.json();
      assert.equal(features.length, 341);
      assert.match(geojson.headers()['content-disposition'], /catasto\.particella-borgochiaro/);
      const csv = await page.request.get(
        await page.getByRole('link', { name: 'CSV' }).getAttribute('href'),
      );
      const lines = (await csv.text()).trim().split('\r\n');
      assert.equal(lines.length, 342);
      assert.match(lines[0], /^reference,.*lon,lat$/);
      const place = lines.find((line) => line.startsWith(PLACES.plain_parcel.references[0]));
      assert.ok(place, 'the parcel is in the table');
    }));
}
