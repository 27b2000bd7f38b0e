/**
 * The whole job without a mouse: sign in, allocate, release.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

/** More stops than any way through a screen has. */
const MOST_STOPS = 200;

const plant = stage();

screenTest(plant, 'sign in, allocate and release by keyboard alone', {}, async (screen) => {
  const { page } = screen;
  const { user_id, password } = await screen.plant.user('supervisor');
  await page.goto(screen.plant.url);
  await screen.shows(page.getByRole('textbox', { name: 'User' }));
  await tabTo(screen, /^User/);
  await page.keyboard.type(user_id);
  await tabTo(screen, /^Password/);
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await screen.live();

  await tabTo(screen, /^M-5\b/);
  await page.keyboard.press('Enter');
  await tabTo(screen, /^Allocate/);
  await page.keyboard.press('Enter');
  const dialog = await screen.dialog();
  for (const [field, id] of [
    ['Order', 'WO-11'],
    ['Person', 'O-5'],
  ]) {
    await tabTo(screen, new RegExp(`^${field}`));
    await page.keyboard.type(String(id));
    await screen.shows(dialog.option(String(id)));
    await page.keyboard.press('Enter');
  }
  await tabTo(screen, /^Allocate/);
  await screen.shows(dialog.root.getByText('All rules agree'));
  await page.keyboard.press('Enter');
  await screen.shows(screen.machine('M-5', 'Running'));

  await tabTo(screen, /^Release/);
  await page.keyboard.press('Enter');
  await screen.shows(page.getByRole('dialog', { name: /Release/ }));
  await tabTo(screen, /^Release/);
  await page.keyboard.press('Enter');
  await screen.shows(screen.machine('M-5', 'Free'));
  const [allocation] = await screen.plant.api.all('/allocations?machine_id=M-5');
  assert.equal(allocation.work_order_id, 'WO-11');
  assert.equal(allocation.status, 'released');
});

/**
 * Presses Tab until the focus is on something of this name, and visibly so.
 * @param {import('../harness/screen.js').Screen} screen
 * @param {RegExp} name
 */
async function tabTo(screen, name) {
  const { page } = screen;
  /** @type {string[]} */
  const seen = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    const focused = await screen.focused();
    if (name.test(focused)) return;
    seen.push(focused);
    await page.keyboard.press('Tab');
  }
  assert.fail(`${name} was not reached by Tab; reached were ${[...new Set(seen)].join(' · ')}`);
}
