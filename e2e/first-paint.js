/**
 * How fast a large floor is on the screen, and whether it stays smooth under a stream of changes.
 * Prints a table, or JSON with `--json`. `E2E_PROFILE=release` measures what users run.
 */
import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPlant } from './harness/plant.js';
import { launch, Screen } from './harness/screen.js';

const { values: asked } = parseArgs({
  options: {
    machines: { type: 'string', default: '5000' },
    'changes-per-second': { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    loads: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const MACHINES = Number(asked.machines);
const RATE = Number(asked['changes-per-second']);
const SECONDS = Number(asked.seconds);
const MACHINES_PER_LINE = 100;
/** Calls in which the changes of a second are sent. */
const CALLS_PER_SECOND = 10;
/** What must hold: the blueprint's limits. A frame longer than this is one that a person sees. */
const FIRST_PAINT_MS = 1_500;
const SEEN_MS = 50;

const plant = await startPlant();
const browser = await launch();
try {
  await plant.api.createAll('machines', Array.from({ length: MACHINES }, machine));
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.addInitScript(watchForTiles);
  const screen = new Screen(plant, page);
  await screen.signIn('supervisor');
  const paints = [];
  for (let load = 0; load < Number(asked.loads); load += 1) {
    await page.reload();
    const painted = await page.waitForFunction(() => /** @type {any} */ (window).firstTile_ms);
    paints.push(Number(await painted.jsonValue()));
    await screen.live();
  }
  const frames = await underChanges(page);
  report(paints, frames);
} finally {
  await browser.close();
  await plant.stop();
}

/**
 * @param {unknown} _
 * @param {number} index
 */
function machine(_, index) {
  return {
    machine_id: `M-${index + 1}`,
    machine_name: `Station ${index + 1}`,
    machine_type: 'Station',
    production_line: `Line-${1 + Math.floor(index / MACHINES_PER_LINE)}`,
  };
}

/** Runs in the page: notes when the first machine has been drawn. */
function watchForTiles() {
  const isTile = (/** @type {HTMLElement} */ button) =>
    /^M-\d/.test(button.ariaLabel || (button.textContent ?? ''));
  const look = () => {
    const tiles = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('button'))];
    if (!tiles.some(isTile)) return requestAnimationFrame(look);
    // The frame that holds it is on the screen when the next one begins.
    requestAnimationFrame(() => Object.assign(window, { firstTile_ms: performance.now() }));
  };
  requestAnimationFrame(look);
}

/**
 * Lengths of all frames while machines change all over the floor.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number[]>}
 */
async function underChanges(page) {
  await page.evaluate(() => {
    /** @type {number[]} */
    const frames = [];
    let before = performance.now();
    const frame = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    Object.assign(window, { frames });
    requestAnimationFrame(frame);
  });
  let sent = 0;
  for await (const _ of setInterval(1_000 / CALLS_PER_SECOND)) {
    const items = Array.from({ length: RATE / CALLS_PER_SECOND }, () => {
      const n = (sent += 1);
      // Every call meets other machines, half of them on the part of the floor that is in view.
      const index = n % 2 ? (n * 7) % MACHINES_PER_LINE : (n * 997) % MACHINES;
      const status = Math.floor(n / MACHINES_PER_LINE) % 2 ? 'idle' : 'maintenance';
      return { entity_type: 'machine', entity_id: `M-${index + 1}`, status };
    });
    await plant.api.post('/ingest/status', { items });
    if (sent >= RATE * SECONDS) break;
  }
  return page.evaluate(() => /** @type {any} */ (window).frames.slice(1));
}

/**
 * @param {number[]} paints
 * @param {number[]} frames
 */
function report(paints, frames) {
  const seen = frames.filter((frame) => frame > SEEN_MS).length;
  const figures = {
    [`first paint, ${MACHINES} machines, ms`]: {
      median: at(paints, 0.5),
      p99: at(paints, 0.99),
      worst: at(paints, 1),
      count: paints.length,
      hold: FIRST_PAINT_MS,
    },
    [`frames at ${RATE} changes/s, ms`]: {
      median: at(frames, 0.5),
      p99: at(frames, 0.99),
      worst: at(frames, 1),
      count: frames.length,
      hold: SEEN_MS,
    },
    [`frames longer than ${SEEN_MS} ms`]: { count: seen },
  };
  if (asked.json) console.log(JSON.stringify(figures));
  else console.table(figures);
}

/**
 * @param {number[]} sample
 * @param {number} share
 */
function at(sample, share) {
  const sorted = [...sample].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
}
