/**
 * The whole job without a mouse: sign in, allocate, release.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

screenTest(plant, 'sign in, allocate and release by keyboard alone', {}, async (screen) => {
  const { page } = screen;
  const { user_id, password } = await screen.plant.user('supervisor');
  await page.goto(screen.plant.url);
  await screen.shows(page.getByRole('textbox', { name: 'User' }));
  await screen.tabTo(/^User/);
  await page.keyboard.type(user_id);
  await screen.tabTo(/^Password/);
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await screen.live();

  await screen.tabTo(/^M-5\b/);
  await page.keyboard.press('Enter');
  await screen.tabTo(/^Allocate/);
  await page.keyboard.press('Enter');
  const dialog = await screen.dialog();
  for (const [field, id] of [
    ['Order', 'WO-11'],
    ['Person', 'O-5'],
  ]) {
    await screen.tabTo(new RegExp(`^${field}`));
    await page.keyboard.type(String(id));
    await screen.shows(dialog.option(String(id)));
    await page.keyboard.press('Enter');
  }
  await screen.tabTo(/^Allocate/);
  await screen.shows(dialog.root.getByText('All rules agree'));
  await page.keyboard.press('Enter');
  await screen.shows(screen.machine('M-5', 'Running'));

  await screen.tabTo(/^Release/);
  await page.keyboard.press('Enter');
  await screen.shows(page.getByRole('dialog', { name: /Release/ }));
  await screen.tabTo(/^Release/);
  await page.keyboard.press('Enter');
  await screen.shows(screen.machine('M-5', 'Free'));
  const [allocation] = await screen.plant.api.all('/allocations?machine_id=M-5');
  assert.equal(allocation.work_order_id, 'WO-11');
  assert.equal(allocation.status, 'released');
});
