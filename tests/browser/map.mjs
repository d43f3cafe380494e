// The journey on the map: click, tap and keys, the card, failures and replaced data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESKTOP,
  FORCED,
  PHONE,
  PLACES,
  SMALL,
  ZOOMED,
  assertAccessible,
  cardOf,
  choose,
  idle,
  openMap,
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

/** What is drawn at a place in more than one piece, or in none: the rest answers alike. */
const TELLING = [
  'overlap_of_two_sheets',
  'gap_between_two_sheets',
  'road',
  'multisurface_second_part',
  'two_members_second',
  'in_the_hole',
  'slash_in_the_number',
  'outside',
];

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
      for (let step = 0; step < 60; step++) {
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

  test('a place answers with what is drawn there: two sheets, none, a road, a second part', () =>
    open(SMALL, async (page) => {
      for (const name of TELLING) {
        const place = PLACES[name];
        const selection = await choose(page, place);
        const references = selection.map((parcel) => parcel.reference).sort();
        assert.deepEqual(references, place.references, name);
        assert.deepEqual(
          await selectedIds(page),
          selection.map((parcel) => parcel.id).sort((a, b) => a - b),
          `highlight of ${name}`,
        );
        const pins = await page.locator('.map-pin').count();
        assert.equal(pins, references.length === 1 ? 0 : 1, `pin of ${name}`);
        const title = await page.locator('.place-card .card-title').innerText();
        const [words] = {
          overlap_of_two_sheets: [/^2 particelle in questo punto$/],
          gap_between_two_sheets: [/^Nessuna particella$/],
          outside: [/^Fuori dal territorio$/],
          road: [/^Strada pubblica$/],
          slash_in_the_number: [/^Particella 123\/A$/],
        }[name] ?? [/^Particella [0-9A-Z]+$/];
        assert.match(title, words, name);
        if (name.startsWith('overlap')) {
          assert.equal(await page.locator('.place-parcel').count(), 2);
          await assertAccessible(page, 'card with two parcels');
        }
        if (/^(overlap|gap|outside|road)/.test(name)) await shot(page, `place-${name}`);
      }
    }));

  test('a road is no parcel to start a practice on', () =>
    open(SMALL, async (page) => {
      await page.goto(`/mappa?sel=${PLACES.road.references[0]}`);
      await cardOf(page, /non è una particella su cui avviare pratiche/);
      assert.equal(await page.locator('.place-card .card-title').innerText(), 'Strada pubblica');
    }));

  test('a parcel that is not there is said to be missing, and not asked for again', () =>
    open({ ...SMALL, allowErrors: /status of 404/ }, async (page) => {
      await page.goto('/mappa?sel=X001_000300.99999');
      await page.locator('.panel-failure').waitFor();
      assert.equal(await page.locator('.card-title').innerText(), 'Particella non trovata');
      assert.equal(await page.locator('.panel-failure button').count(), 0);
    }));

  test('far out the map shows sheets, says so, and comes nearer when one is chosen', () =>
    open(SMALL, async (page) => {
      const { lon, lat } = PLACES.plain_parcel;
      await page.goto(`/mappa?c=${lon},${lat},12`);
      await idle(page);
      assert.match(await page.locator('#map-note').innerText(), /Scegli un foglio/);
      const sheets = await page.evaluate(
        () => window.__map.queryRenderedFeatures({ layers: ['catasto.foglio.fill'] }).length,
      );
      assert.ok(sheets > 0, 'sheets are drawn');
      const box = await page.locator('#map canvas').boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.waitForFunction(() => window.__map.getZoom() > 15);
      await idle(page);
      assert.equal(await page.locator('#map-note').isVisible(), false);
      assert.equal(await page.locator('.panel-hint').count(), 1, 'nothing is chosen yet');
      assert.ok((await parcelsInView(page)).length > 0);
    }));

  test('the panel folds away and comes back with a card', () =>
    open(SMALL, async (page) => {
      await openMap(page);
      const width = () => page.locator('#map').evaluate((map) => map.clientWidth);
      const before = await width();
      await page.click('#panel-fold');
      assert.equal(await page.locator('#panel').isVisible(), false);
      assert.equal(await page.getAttribute('#panel-fold', 'aria-label'), 'Mostra il pannello');
      assert.ok((await width()) > before + 300);
      await idle(page);
      await assertAccessible(page, 'map with the panel folded');
      await shot(page, 'folded');
      await page.click('#panel-fold');
      assert.equal(await page.locator('#panel').isVisible(), true);
      await page.click('#panel-fold');
      await idle(page);
      const [parcel] = await parcelsInView(page);
      await page.mouse.click(parcel.x, parcel.y);
      await cardOf(page);
      assert.equal(await page.locator('#panel').isVisible(), true);
      assert.equal(await width(), before);
    }));

  for (const [name, options] of [
    ['high contrast', FORCED],
    ['zoom 200 %', ZOOMED],
  ]) {
    test(`the map is accessible: ${name}`, () =>
      open(options, async (page) => {
        await page.goto('/mappa');
        await idle(page);
        await assertAccessible(page, `map (${name})`);
        await page.goto(`/mappa?sel=${PLACES.plain_parcel.references[0]}`);
        await cardOf(page);
        await idle(page);
        await assertAccessible(page, `map with a card (${name})`);
        await shot(page, `card-${name.split(' ')[0]}`);
        // Nothing that can be pressed lies under something else.
        const covered = await page.evaluate(() =>
          [...document.querySelectorAll('.map-layout button, .map-search input')]
            .filter((item) => item.checkVisibility() && !item.closest('.panel-body'))
            .filter((item) => {
              const { x, y, width, height } = item.getBoundingClientRect();
              const top = document.elementFromPoint(x + width / 2, y + height / 2);
              return !top || !(item.contains(top) || top.contains(item));
            })
            .map((item) => item.outerHTML.slice(0, 120)),
        );
        assert.deepEqual(covered, []);
      }));
  }

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
    open({ ...DESKTOP, allowErrors: /ERR_FAILED/ }, async (page) => {
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
    open(SMALL, async (page) => {
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
    open({ ...SMALL, allowErrors: /status of 410/ }, async (page) => {
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
    open(SMALL, async (page) => {
      await openMap(page);
      const [parcel] = await parcelsInView(page);
      await page.fill('#search', parcel.reference);
      await page.keyboard.press('Enter');
      const [selected] = await cardOf(page);
      assert.equal(selected.reference, parcel.reference);
      assert.equal(new URL(page.url()).pathname, '/mappa');
    }));
}
