/**
 * A browser test: a furnished plant and a headless Chromium of its own, and what every test does with
 * the screen. A failure leaves a screenshot and a trace; errors of the page itself fail the test too.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Dialog } from './dialog.js';
import { findChromium } from './chromium.js';
import { furnish } from './floor.js';
import { startPlant, TARGET } from './plant.js';

/**
 * @import { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
 * @import { Plant } from './plant.js'
 */

export const EVIDENCE = `${TARGET}/e2e`;
/** How long the screen may take where nothing else is promised. */
const PATIENCE_MS = 10_000;
/** More stops than any way through a screen has. */
const MOST_STOPS = 200;
/** Answers that a screen has to expect; the browser logs them as errors nevertheless. */
const EXPECTED = /status of (401|403|404|409|412|422|429|503)|net::ERR_/;

/** Everything a test needs; filled before the first one runs. */
export class Stage {
  /** @type {Plant} */ plant = /** @type {any} */ (null);
  /** @type {Browser} */ browser = /** @type {any} */ (null);
}

/**
 * One plant and one browser for all tests of a file.
 * @param {(plant: Plant) => Promise<void>} [furnishMore] what the file's tests need beside the floor
 */
export function stage(furnishMore) {
  const stage = new Stage();
  before(async () => {
    await mkdir(EVIDENCE, { recursive: true });
    [stage.plant, stage.browser] = await Promise.all([startPlant(), launch()]);
    await furnish(stage.plant.api);
    await furnishMore?.(stage.plant);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.plant?.stop();
  });
  return stage;
}

export function launch() {
  // Root has no sandbox in a container; the pages are our own.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}

/**
 * @param {Stage} stage
 * @param {string} name
 * @param {BrowserContextOptions} options
 * @param {(screen: Screen) => Promise<void>} body
 */
export function screenTest(stage, name, options, body) {
  test(name, async () => {
    const context = await stage.browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.tracing.start({ screenshots: true, snapshots: true });
    const screen = new Screen(stage.plant, await context.newPage());
    const evidence = `${EVIDENCE}/failed-${name.replaceAll(/\W+/g, '-')}`;
    try {
      await body(screen);
      assert.deepEqual(screen.errors, [], 'the page reported errors');
      await context.tracing.stop();
    } catch (error) {
      await screen.page.screenshot({ path: `${evidence}.png` }).catch(() => {});
      await context.tracing.stop({ path: `${evidence}.zip` });
      throw error;
    } finally {
      await context.close();
    }
  });
}

/** One browser window on the plant. */
export class Screen {
  /** @type {string[]} */
  errors = [];
  /** Whether the test itself cuts the live socket, which the browser logs as an error. */
  losesSocket = false;

  /**
   * @param {Plant} plant
   * @param {Page} page
   */
  constructor(plant, page) {
    this.plant = plant;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      const isCut = this.losesSocket && text.startsWith('WebSocket connection to ');
      if (message.type() === 'error' && !isCut && !EXPECTED.test(text)) this.errors.push(text);
    });
  }

  /**
   * Signs in as a fresh user of a role and waits for the floor to be live.
   * @param {string} role
   * @param {{url?: string, more?: object}} [options]
   */
  async signIn(role, { url = this.plant.url, more = {} } = {}) {
    await this.enter(await this.plant.user(role, more), url);
    await this.live();
  }

  /**
   * Fills in the first form that anybody sees.
   * @param {{user_id: string, password: string}} user
   * @param {string} [url]
   */
  async enter({ user_id, password }, url = this.plant.url) {
    await this.page.goto(url);
    await this.page.getByRole('textbox', { name: 'User' }).fill(user_id);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Until the stream is connected and the floor shown. */
  async live() {
    await this.connection(/live/i).waitFor();
    await this.page.getByRole('button', { name: /^M-8\b/ }).waitFor();
  }

  /** @param {RegExp} says */
  connection(says) {
    return this.page.getByRole('button', { name: /^Connection/ }).filter({ hasText: says });
  }

  async signOut() {
    await this.page.getByRole('button', { name: /^Account/ }).click();
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click();
  }

  /**
   * A machine's tile, whatever else its name says.
   * @param {string} id
   * @param {string} [status] the word it shows
   */
  machine(id, status = '') {
    return this.page.getByRole('button', { name: new RegExp(`^${id}\\b.*${status}`, 's') });
  }

  /**
   * A person's chip.
   * @param {string} name
   * @param {string} [status] the word it shows
   */
  person(name, status = '') {
    return this.page.getByRole('button', { name: new RegExp(`^${name}\\b.*${status}`, 's') });
  }

  /**
   * Presses Tab until the focus is on something of this name, and visibly so.
   * @param {RegExp} name
   */
  async tabTo(name) {
    /** @type {string[]} */
    const seen = [];
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      const focused = await this.focused();
      if (name.test(focused)) return;
      seen.push(focused);
      await this.page.keyboard.press('Tab');
    }
    assert.fail(`${name} was not reached by Tab; reached were ${[...new Set(seen)].join(' · ')}`);
  }

  /**
   * Opens the dialog for a machine, from its panel.
   * @param {string} id
   */
  async allocateAt(id) {
    await this.machine(id).click();
    await this.page
      .getByRole('button', { name: /^Allocate/ })
      .first()
      .click();
    return this.dialog();
  }

  async dialog() {
    const dialog = new Dialog(this.page);
    await dialog.root.waitFor();
    return dialog;
  }

  /** What the focused control is announced as. */
  focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement)) return '';
      const named = element.getAttribute('aria-labelledby');
      const titles = (named ?? '').split(' ').map((id) => document.getElementById(id)?.innerText);
      const labels = 'labels' in element ? [.../** @type {any} */ (element.labels ?? [])] : [];
      return (
        titles.join(' ').trim() ||
        element.getAttribute('aria-label') ||
        labels.map((label) => label.innerText).join(' ') ||
        element.innerText
      ).trim();
    });
  }

  /**
   * Fails unless something is on the screen in time.
   * @param {import('playwright-core').Locator} locator
   * @param {number} [limit_ms]
   */
  async shows(locator, limit_ms = PATIENCE_MS) {
    await locator.first().waitFor({ timeout: limit_ms });
  }
}
