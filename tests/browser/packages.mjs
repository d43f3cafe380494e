// The packages of web/package.json: these tests have no folder of packages of their own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));

export const { chromium } = require('playwright-core');
export const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const kitStylesheet = readFileSync(
  require.resolve('bootstrap-italia/dist/css/bootstrap-italia.min.css'),
  'utf8',
);
