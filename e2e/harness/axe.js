/**
 * Asks axe-core whether everybody can read a page.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** @import { Page } from 'playwright-core' */

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/**
 * Fails on a serious finding.
 * @param {Page} page
 * @param {string} where
 */
export async function checkReadable(page, where) {
  await settle(page);
  // Read into the page by the debugger: its security policy lets in no foreign script.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run());
  const grave = violations.filter((/** @type {any} */ found) => GRAVE.includes(found.impact));
  const told = grave.map((/** @type {any} */ { id, nodes }) => ({
    id,
    nodes: nodes.slice(0, 3).map((/** @type {any} */ node) => node.html.slice(0, 160)),
  }));
  assert.deepEqual(told, [], `${where}: ${violations.length} findings`);
}

/**
 * Waits until what fades in or moves is there: halfway it has neither its colours nor its place.
 * What turns for ever is not waited for.
 * @param {Page} page
 */
async function settle(page) {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => {
      const end = one.effect?.getComputedTiming().endTime;
      return typeof end === 'number' && Number.isFinite(end);
    });
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}
