// The server under test: the one that BASE_URL names, or one of our own with the sample loaded.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 60_000;

function program() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const path = process.env.MAPPALE_BIN ?? join(target, 'debug', 'mappale');
  if (!existsSync(path)) throw new Error(`no program at ${path}: build it first`);
  return path;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function ready(base, child) {
  const end = Date.now() + READY_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      const response = await fetch(`${base}/ready`);
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server was not ready after ${READY_MS} ms`);
}

/** Starts a server with the sample in a folder of its own; `stop` leaves nothing behind. */
export async function startServer() {
  if (process.env.BASE_URL) {
    return {
      base: process.env.BASE_URL.replace(/\/$/, ''),
      stop: async () => {},
    };
  }
  const mappale = program();
  const folder = mkdtempSync(join(tmpdir(), 'mappale-browser-'));
  const env = { ...process.env, MAPPALE_VAR: folder };
  delete env.DATABASE_URL;
  const run = (...args) => spawnSync(mappale, args, { cwd: ROOT, env, encoding: 'utf8' });
  const clean = () => {
    run('db', 'stop');
    rmSync(folder, { recursive: true, force: true });
  };
  const load = run('demo', 'load');
  if (load.status !== 0) {
    clean();
    throw new Error(`the sample was not loaded: ${load.stdout}${load.stderr}`);
  }
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(mappale, ['serve', '--demo', '--listen', listen], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', process.env.MAPPALE_TEST_LOG ? 'inherit' : 'ignore'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    clean();
  };
  try {
    await ready(`http://${listen}`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { base: `http://${listen}`, stop };
}
