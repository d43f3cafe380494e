// One server and one browser for all browser tests: `node --test tests/browser/`.
import { after, before, describe } from 'node:test';
import { mapTests } from './map.mjs';
import { pageTests } from './pages.mjs';
import { toolTests } from './tools.mjs';
import { startServer } from './server.mjs';
import { DESKTOP, launch, openMap, parcelsInView, visit } from './visit.mjs';

describe('the site in a browser', () => {
  const site = {
    base: '',
    browser: undefined,
    found: undefined,
    note: (line) => console.log(`# ${line}`),
    /** Returns a parcel that is on the map: reference, number and a position inside it. */
    async sample() {
      if (!this.found) {
        await visit(this.browser, this.base, DESKTOP, async (page) => {
          await openMap(page);
          const [parcel] = await parcelsInView(page);
          const place = await page.evaluate(({ x, y }) => {
            const box = window.__map.getCanvas().getBoundingClientRect();
            const { lng, lat } = window.__map.unproject([x - box.x, y - box.y]);
            return { lon: lng, lat };
          }, parcel);
          this.found = { ...parcel, ...place };
        });
      }
      return this.found;
    },
  };
  let server;

  before(async () => {
    server = await startServer();
    site.base = server.base;
    site.browser = await launch();
  });
  after(async () => {
    await site.browser?.close();
    await server?.stop();
  });

  mapTests(site);
  toolTests(site);
  pageTests(site);
});
