// The journey on the map: click, tap and keys, the card, failures and replaced data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP,
  PHONE,
  assertAccessible,
  cardOf,
  idle,
  openMap,
  overlapInView,
  parcelsInView,
  shot,
  visit,
} from './visit.mjs';

function selectedIds(page) {
  return page.evaluate(() => {
    const map = window.__map;
    const found = map
      .queryRenderedFeatures({ layers: ['catasto.particella.hit'] })
      .filter((feature) => feature.state.selected)
      .map((feature) => feature.id);
    return [...new Set(found)].sort((a, b) => a - b);
  });
}

/** The spread of brightness of the middle of the map: an empty canvas has none. */
async function variety(page) {
  const { width, height } = page.viewportSize();
  const clip = { x: width * 0.35, y: height * 0.3, width: 160, height: 160 };
  const image = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return new Set(pixels.filter((_, index) => index % 4 === 0)).size;
  }, image);
}

export function mapTests(site) {
  const open = (options, steps) => visit(site.browser, site.base, options, steps);

  test('a click highlights the parcel and shows its card', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      assert.ok((await variety(page)) > 8, 'the map is drawn');
      await shot(page, 'map');
      await assertAccessible(page, 'map with nothing selected');
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      const selection = await cardOf(page);
      assert.deepEqual(selection, [
        {
          layer: 'catasto.particella',
          id: parcel.id,
          reference: parcel.reference,
        },
      ]);
      await idle(page);
      assert.deepEqual(await selectedIds(page), [parcel.id]);
      assert.match(page.url(), new RegExp(`[?&]sel=${encodeURIComponent(parcel.reference)}`));
      const title = await page.locator('.place-card .card-title').innerText();
      assert.equal(title, `Particella ${parcel.number}`);
      await page.waitForFunction(
        (number) => document.querySelector('#announcer').textContent.includes(number),
        parcel.number,
      );
      assert.ok(await page.evaluate(() => document.activeElement.closest('.place-card') === null));
      await shot(page, 'card');
      await assertAccessible(page, 'map with a card');

      await page.reload();
      await idle(page);
      assert.deepEqual(await cardOf(page), selection, 'the address shows the same card');
      await page.click('#panel-close');
      await page.locator('.panel-hint').waitFor();
      assert.deepEqual(await selectedIds(page), []);
      assert.doesNotMatch(page.url(), /sel=/);
      await page.goBack();
      assert.deepEqual(await cardOf(page), selection, 'back brings the card back');
    }));

  test('the keyboard alone selects, reads and clears', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      await page.keyboard.press('Tab');
      assert.equal(
        await page.evaluate(() => document.activeElement.getAttribute('href')),
        '#search',
      );
      for (let step = 0; step < 20; step++) {
        const isMap = await page.evaluate(
          () => document.activeElement === window.__map.getCanvas(),
        );
        if (isMap) break;
        await page.keyboard.press('Tab');
      }
      await page.locator('.crosshair').waitFor({ state: 'visible' });
      const before = await page.evaluate(() => window.__map.getCenter().lng);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((lng) => window.__map.getCenter().lng > lng, before);
      await idle(page);
      const [parcel] = await parcelsInView(page);
      await page.evaluate(({ x, y }) => {
        const map = window.__map;
        const box = map.getCanvas().getBoundingClientRect();
        map.jumpTo({ center: map.unproject([x - box.x, y - box.y]) });
      }, parcel);
      await idle(page);
      await page.keyboard.press('Enter');
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, parcel.reference);
      const focus = await page.evaluate(() => document.activeElement.textContent);
      assert.equal(focus, `Particella ${parcel.number}`);
      await shot(page, 'keyboard');
      await page.keyboard.press('?');
      await page.locator('#map-keys[open]').waitFor();
      await assertAccessible(page, 'map with the list of keys');
      await shot(page, 'keys');
      await page.keyboard.press('Escape');
      await page.locator('#map-keys').waitFor({ state: 'hidden' });
      await page.locator('.place-card').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.panel-hint').waitFor();
    }));

  test('where sheets overlap both parcels answer', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/mappa');
      await idle(page);
      await page.evaluate(() =>
        window.__map.jumpTo({ zoom: Math.max(15, window.__map.getZoom()) }),
      );
      await idle(page);
      const place = await overlapInView(page);
      assert.ok(place, 'the sample has overlapping sheets');
      await openMap(page, `/mappa?c=${place.lon},${place.lat},18.5`);
      const box = await page.locator('#map canvas').boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      const selection = await cardOf(page);
      const references = selection.map((parcel) => parcel.reference).sort();
      assert.deepEqual(references, place.references.sort());
      assert.equal(await page.locator('.place-parcel').count(), 2);
      await idle(page);
      assert.equal((await selectedIds(page)).length, 2);
      await shot(page, 'overlap');
      await assertAccessible(page, 'card with two parcels');
    }));

  test('a road is no parcel to start a practice on', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/mappa');
      await idle(page);
      await page.evaluate(() =>
        window.__map.jumpTo({ zoom: Math.max(15, window.__map.getZoom()) }),
      );
      await idle(page);
      const road = await page.evaluate(() => {
        const layers = ['catasto.particella.hit'];
        const features = window.__map.queryRenderedFeatures({ layers });
        return features.find((feature) => feature.properties.kind === 'road')?.properties.reference;
      });
      assert.ok(road, 'the sample has a road');
      await page.goto(`/mappa?sel=${encodeURIComponent(road)}`);
      await cardOf(page, /non è una particella su cui avviare pratiche/);
      assert.equal(await page.locator('.place-card .card-title').innerText(), 'Strada pubblica');
    }));

  test('on a phone the card is a sheet with three heights and buttons', () =>
    open(PHONE, async (page) => {
      await openMap(page);
      await shot(page, 'map');
      await assertAccessible(page, 'map on a phone');
      const [parcel] = await parcelsInView(page);
      await page.touchscreen.tap(parcel.x, parcel.y);
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, parcel.reference);
      const height = () => page.locator('#panel').getAttribute('data-height');
      assert.equal(await height(), 'half');
      await page.waitForTimeout(300);
      await idle(page);
      await shot(page, 'card');
      await assertAccessible(page, 'sheet on a phone');
      await page.click('#sheet-larger');
      assert.equal(await height(), 'full');
      await page.waitForTimeout(300);
      await shot(page, 'sheet-full');
      await page.click('#sheet-smaller');
      await page.click('#sheet-smaller');
      assert.equal(await height(), 'title');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(overflow <= 360, 'nothing to scroll sideways');
    }));

  test('in English the map speaks English', () =>
    open(DESKTOP, async (page) => {
      await page.goto('/lingua/en?ritorno=/mappa');
      await idle(page);
      await page.evaluate(() =>
        window.__map.jumpTo({ zoom: Math.max(16, window.__map.getZoom()) }),
      );
      await idle(page);
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      await cardOf(page);
      const title = await page.locator('.place-card .card-title').innerText();
      assert.equal(title, `Parcel ${parcel.number}`);
      const label = await page.getAttribute('#map canvas', 'aria-label');
      assert.match(label, /Cadastral map/);
      await shot(page, 'english');
      await assertAccessible(page, 'map in English');
    }));

  test('an answer that does not come is said, and tried again', () =>
    open({ ...DESKTOP, allowErrors: true }, async (page) => {
      await openMap(page);
      const [parcel] = await parcelsInView(page);
      await page.route('**/luogo?*', (route) => route.abort());
      await page.mouse.click(parcel.x, parcel.y);
      await page.locator('.panel-failure').waitFor();
      await assertAccessible(page, 'failure');
      await shot(page, 'failure');
      const link = await page.locator('.panel-failure a').getAttribute('href');
      assert.match(link, /\/luogo\?lon=/);
      await page.unroute('**/luogo?*');
      await page.click('.panel-failure button');
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, parcel.reference);
    }));

  test('an old answer that arrives late is dropped', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const [first, second] = await parcelsInView(page);
      let held = 0;
      await page.route('**/luogo?*', async (route) => {
        held += 1;
        if (held === 1) await new Promise((resolve) => setTimeout(resolve, 800));
        await route.continue().catch(() => undefined);
      });
      await page.mouse.click(first.x, first.y);
      await page.waitForTimeout(400);
      assert.equal(await page.locator('.grey-line').count(), 6, 'grey lines while it waits');
      await page.mouse.click(second.x, second.y);
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, second.reference);
      await page.waitForTimeout(900);
      const [still] = await cardOf(page);
      assert.equal(still.reference, second.reference);
    }));

  test('replaced data make the map reload its style, once', () =>
    open({ ...DESKTOP, allowErrors: true }, async (page) => {
      await openMap(page);
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      await cardOf(page);
      let styles = 0;
      await page.route('**/api/v1/style/**', async (route) => {
        styles += 1;
        await page.unroute('**/tiles/**');
        await route.continue();
      });
      await page.route('**/tiles/**', (route) => route.fulfill({ status: 410 }));
      await page.evaluate(() => window.__map.jumpTo({ zoom: window.__map.getZoom() + 1.3 }));
      await page.waitForFunction(() =>
        /aggiornati/.test(document.querySelector('#announcer').textContent),
      );
      await idle(page);
      assert.equal(styles, 1);
      assert.deepEqual(await selectedIds(page), [parcel.id], 'the selection survives');
    }));

  test('a search that finds one parcel stays on the map', () =>
    open(DESKTOP, async (page) => {
      await openMap(page);
      const [parcel] = await parcelsInView(page);
      await page.fill('#search', parcel.reference);
      await page.keyboard.press('Enter');
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, parcel.reference);
      assert.equal(new URL(page.url()).pathname, '/mappa');
    }));
}
