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
/** So many suggestions fill the dialog. */
const SHOWN = 4;

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
  await picture('suggestions', { colorScheme: 'light', viewport: SIZE }, takenSuggestion);
  await picture('allocate', { colorScheme: 'light', viewport: SIZE }, refusedAllocation);
  await picture('order', { colorScheme: 'light', viewport: SIZE }, orderAtWork);
  await picture('person', { colorScheme: 'light', viewport: SIZE }, personAtWork);

  /**
   * @param {string} name
   * @param {import('playwright-core').BrowserContextOptions} options
   * @param {(screen: Screen) => Promise<import('playwright-core').Locator | void>} [prepare]
   *   tells what is taken, if not the whole page
   */
  async function picture(name, options, prepare) {
    const context = await browser.newContext(options);
    const screen = new Screen(plant, await context.newPage());
    await screen.enter(user);
    await screen.shows(screen.connection(/live/i));
    // The stream has told of some of it.
    await screen.shows(screen.connection(/p99 *\d/), 60_000);
    const part = await prepare?.(screen);
    const path = `${PICTURES}${name}.png`;
    await (part ?? screen.page).screenshot({ path });
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
 * An order with several pairs that may do it, the best of them taken.
 * @param {Screen} screen
 */
async function takenSuggestion(screen) {
  let best = { id: '', pairs: 0 };
  for (const { work_order_id: id } of await plant.api.all('/work-orders?status=queued')) {
    const { items } = await plant.api.get(`/suggestions?work_order_id=${id}`);
    if (items.length > best.pairs) best = { id, pairs: items.length };
    if (best.pairs >= SHOWN) break;
  }
  const dialog = await dialogFor(screen, best.id);
  await dialog.root.locator('button[aria-pressed]').first().click();
  await screen.shows(dialog.root.getByText('All rules agree'));
}

/**
 * @param {Screen} screen
 * @param {string} order
 */
async function dialogFor({ page }, order) {
  await page.goto(`${plant.url}/orders?order=${order}`);
  await page.getByRole('button', { name: 'Allocate', exact: true }).click();
  return new Dialog(page);
}

/**
 * The order that is furthest of those at work, beside all others.
 * @param {Screen} screen
 */
async function orderAtWork(screen) {
  const orders = await plant.api.all('/work-orders?status=in_progress');
  const far = (/** @type {any} */ one) => Number(one.progress_percentage);
  const [order] = orders.sort((a, b) => far(b) - far(a));
  await screen.page.goto(`${plant.url}/orders?sort=priority.down&order=${order.work_order_id}`);
  await screen.shows(screen.page.getByRole('article'));
}

/**
 * Whoever works and has most to tell: skills, certificates, the shift.
 * @param {Screen} screen
 */
async function personAtWork(screen) {
  const running = await plant.api.all('/allocations?phase=running');
  const ids = running.map(({ operator_id }) => operator_id).filter(Boolean);
  const people = await Promise.all(ids.map((id) => plant.api.get(`/operators/${id}`)));
  const soonest = (/** @type {any} */ { skills }) =>
    skills.map((/** @type {any} */ one) => one.certification_expiry ?? '9999').sort()[0] ?? '9999';
  const [person] = people.sort((a, b) => soonest(a).localeCompare(soonest(b)));
  await screen.page.goto(`${plant.url}/?operator=${person.operator_id}`);
  await screen.shows(screen.page.getByRole('heading', { name: 'Performance' }));
  const card = screen.page.getByRole('complementary');
  // As tall as its last skill asks for.
  const beyond_px = await card.evaluate((all) => all.scrollHeight - all.clientHeight);
  await screen.page.setViewportSize({ ...SIZE, height: SIZE.height + beyond_px });
  return card;
}

/**
 * Somebody busy, at a machine in use: every reason against it at once.
 * @param {Screen} screen
 */
async function refusedAllocation(screen) {
  const [busy] = await plant.api.all('/allocations?phase=running');
  const orders = await plant.api.all('/work-orders?status=queued');
  const order = orders.find(({ wait_minutes }) => wait_minutes === null);
  const dialog = await dialogFor(screen, order.work_order_id);
  await dialog.choose('Machine', busy.machine_id);
  await dialog.choose('Person', busy.operator_id);
  await screen.shows(dialog.reasons());
}
