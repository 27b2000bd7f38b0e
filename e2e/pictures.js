/**
 * Takes the pictures of the README from the plant that `mraos demo` shows, some minutes into its day:
 * `npm run pictures --prefix e2e`. Fails when one is too large to be looked at in passing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Dialog } from './harness/dialog.js';
import { startPlant, BINARY } from './harness/plant.js';
import { launch, Screen } from './harness/screen.js';

const PICTURES = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const LARGEST_BYTES = 200_000;
const SIZE = { width: 1280, height: 760 };
const TABLET = { width: 1024, height: 768 };
const SPEED = '60';
/** How many of the sixty machines work when the pictures are taken, and how long that may take. */
const WORKING = 20;
const PATIENCE_MS = 150_000;

await mkdir(PICTURES, { recursive: true });
const plant = await startPlant();
const browser = await launch();
const simulation = spawn(BINARY, ['simulate', '--speed', SPEED], {
  env: { ...process.env, MRAOS_URL: plant.url, MRAOS_TOKEN: plant.token },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const simulated = once(simulation, 'exit');
try {
  await untilBusy();
  const user = await plant.user('supervisor', { display_name: 'Sanna Virtanen' });
  await picture('floor-light', { colorScheme: 'light', viewport: SIZE }, someNews);
  await picture('floor-dark', { colorScheme: 'dark', viewport: SIZE });
  await picture('tablet', { colorScheme: 'light', viewport: TABLET, hasTouch: true });
  await picture('allocate', { colorScheme: 'light', viewport: SIZE }, refusedAllocation);

  /**
   * @param {string} name
   * @param {import('playwright-core').BrowserContextOptions} options
   * @param {(screen: Screen) => Promise<void>} [prepare]
   */
  async function picture(name, options, prepare) {
    const context = await browser.newContext(options);
    const screen = new Screen(plant, await context.newPage());
    await screen.enter(user);
    await screen.shows(screen.connection(/live/i));
    // The stream has told of some of it.
    await screen.shows(screen.connection(/p99 *\d/), 60_000);
    await prepare?.(screen);
    const path = `${PICTURES}${name}.png`;
    await screen.page.screenshot({ path });
    const { size } = await stat(path);
    console.log(`${name}.png ${Math.round(size / 1000)} kB`);
    if (size > LARGEST_BYTES) process.exitCode = 1;
    await context.close();
  }
} finally {
  simulation.kill('SIGINT');
  await simulated;
  await browser.close();
  await plant.stop();
}

/** Until a good part of the floor works, and something has gone wrong on it. */
async function untilBusy() {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for await (const _ of setInterval(1_000, null, { signal })) {
    const machines = await plant.api.all('/machines').catch(() => []);
    const count = (/** @type {string} */ status) =>
      machines.filter(({ current_status }) => current_status === status).length;
    if (count('running') >= WORKING && count('breakdown') > 0) return;
  }
}

/**
 * What has happened since is told in the feed, some of it with a way back.
 * @param {Screen} screen
 */
async function someNews({ page }) {
  await page.getByRole('button', { name: 'Undo' }).nth(2).waitFor({ timeout: PATIENCE_MS });
}

/**
 * Somebody busy, at a machine in use: every reason against it at once.
 * @param {Screen} screen
 */
async function refusedAllocation(screen) {
  const [busy] = await plant.api.all('/allocations?phase=running');
  const [order] = await plant.api.all('/work-orders?status=queued');
  await screen.page.goto(`${plant.url}/orders?order=${order.work_order_id}`);
  await screen.page
    .getByRole('button', { name: /^Allocate/ })
    .first()
    .click();
  const dialog = new Dialog(screen.page);
  await dialog.choose('Machine', busy.machine_id);
  await dialog.choose('Person', busy.operator_id);
  await screen.shows(dialog.reasons());
}
