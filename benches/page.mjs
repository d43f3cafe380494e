// How long a click takes to become a card, and what Lighthouse says of pages on a phone.
//
//   node benches/page.mjs            a server of our own with the sample
//   BASE_URL=http://… node benches/page.mjs
//
// Click to card: the median of 30, idle map, from pointer-up to the card in the document, as the
// page itself measures it. Lighthouse runs where it is found (LIGHTHOUSE, else `lighthouse` of the
// path, else npx without asking the network): figures of a shared machine are read as such.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../tests/browser/server.mjs';
import { DESKTOP, idle, launch, openMap, parcelsInView, visit } from '../tests/browser/visit.mjs';

const CLICKS = 30;
const WARM = 3;
const PAGES = ['/', '/zone', '/livelli', '/servizi'];

/** Milliseconds from pointer-up on the canvas to another card in the panel. */
function measureClick(page, { x, y }) {
  return page
    .evaluate(() => {
      window.__card = new Promise((resolve) => {
        const panel = document.querySelector('#panel-body');
        const before = panel.querySelector('.place-card')?.dataset.page;
        let start = 0;
        const canvas = document.querySelector('#map canvas');
        canvas.addEventListener('pointerup', () => (start = performance.now()), {
          once: true,
          capture: true,
        });
        const observer = new MutationObserver(() => {
          const card = panel.querySelector('.place-card');
          if (start === 0 || card === null || card.dataset.page === before) return;
          observer.disconnect();
          resolve(performance.now() - start);
        });
        observer.observe(panel, { childList: true, subtree: true });
      });
    })
    .then(() => page.mouse.click(x, y))
    .then(() => page.evaluate(() => window.__card));
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function clicks(browser, base) {
  const times = [];
  await visit(browser, base, { ...DESKTOP, allowErrors: /./ }, async (page) => {
    await openMap(page);
    let places = [];
    for (let click = 0; click < CLICKS + WARM; click += 1) {
      if (places.length === 0) places = (await parcelsInView(page)).slice(0, 8);
      if (places.length === 0) throw new Error('the map shows no parcel');
      await idle(page);
      const took = await measureClick(page, places.shift());
      if (click >= WARM) times.push(took);
    }
  });
  times.sort((a, b) => a - b);
  const row = (name, share) => console.log(`  ${name.padEnd(8)}${quantile(times, share).toFixed(0)} ms`);
  console.log(`click to card, ${CLICKS} clicks (at most 150 ms in the median)`);
  row('median', 0.5);
  row('p90', 0.9);
  row('largest', 1);
}

/** The command that runs Lighthouse; none where it is not installed. */
function lighthouse() {
  const known = process.env.LIGHTHOUSE;
  if (known) return [known];
  if (spawnSync('lighthouse', ['--version']).status === 0) return ['lighthouse'];
  const npx = ['npx', '--no-install', 'lighthouse'];
  return spawnSync(npx[0], [...npx.slice(1), '--version']).status === 0 ? npx : null;
}

function audits(base) {
  const command = lighthouse();
  if (command === null) {
    console.log('lighthouse is not installed (npm install --global lighthouse): no audits');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mappale-lighthouse-'));
  const chrome = process.env.CHROMIUM ?? '/usr/bin/chromium';
  console.log('lighthouse, mobile (performance, accessibility, best practices; at least 95)');
  try {
    for (const path of PAGES) {
      const output = join(folder, 'report.json');
      const [program, ...first] = command;
      const ran = spawnSync(
        program,
        [
          ...first,
          `${base}${path}`,
          '--quiet',
          '--output=json',
          `--output-path=${output}`,
          '--only-categories=performance,accessibility,best-practices',
          '--chrome-flags=--headless=new --no-sandbox',
        ],
        { env: { ...process.env, CHROME_PATH: chrome }, encoding: 'utf8' },
      );
      if (ran.status !== 0 || !existsSync(output)) {
        throw new Error(`lighthouse failed on ${path}: ${ran.stderr.slice(-800)}`);
      }
      const { categories } = JSON.parse(readFileSync(output, 'utf8'));
      const scores = Object.values(categories).map(({ score }) => Math.round(score * 100));
      console.log(`  ${path.padEnd(12)}${scores.join('  ')}`);
      rmSync(output);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const site = await startServer();
const browser = await launch();
try {
  await clicks(browser, site.base);
  await browser.close();
  audits(site.base);
} finally {
  await browser.close();
  await site.stop();
}
