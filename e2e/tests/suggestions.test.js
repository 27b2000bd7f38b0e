/**
 * What the server suggests: taken with a click or a key, and explained when there is nothing to take.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

/** @import { Screen } from '../harness/screen.js' */

const plant = stage();

/**
 * Opens an order's panel and from there the dialog.
 * @param {Screen} screen
 * @param {string} id
 */
async function allocateOrder(screen, id) {
  await screen.page.goto(`${screen.plant.url}/orders?order=${id}`);
  await screen.page.getByRole('button', { name: 'Allocate', exact: true }).click();
  return screen.dialog();
}

screenTest(plant, 'the best pair for an order is taken with one click', {}, async (screen) => {
  const { api } = screen.plant;
  await screen.signIn('supervisor');
  const dialog = await allocateOrder(screen, 'WO-3');
  const { items } = await api.get('/suggestions?work_order_id=WO-3&limit=1');
  const best = dialog.root.getByRole('group', { name: 'Suggestions' }).getByRole('button').first();
  await screen.shows(best.filter({ hasText: items[0].machine_id }));
  await best.click();
  await screen.shows(dialog.root.getByText('All rules agree'));
  await screen.shows(dialog.root.getByRole('list', { name: /points are for/ }));
  await dialog.submit();
  const [allocation] = await api.all('/allocations?work_order_id=WO-3');
  assert.equal(allocation.allocation_method, 'ai_suggested');
  assert.equal(allocation.machine_id, items[0].machine_id);
  assert.equal(Number(allocation.suggestion_score), items[0].score);
  await api.post(`/allocations/${allocation.allocation_id}/release`);
});

screenTest(plant, 'a free machine is offered the orders that fit', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  await screen.machine('M-7').click();
  const offer = page.getByRole('region', { name: 'Could do now' });
  const first = offer.getByRole('button', { name: /WO-\d+/ }).first();
  const order = /WO-\d+/.exec(await first.innerText())?.[0];
  const top = async (/** @type {import('playwright-core').Locator} */ one) =>
    (await one.boundingBox())?.y ?? NaN;
  const history = page.getByRole('region', { name: 'What it did' });
  assert.ok((await top(offer)) < (await top(history)), 'what to do comes before what was');
  await first.click();
  const dialog = await screen.dialog();
  await screen.shows(dialog.root.getByText('All rules agree'));
  await dialog.submit();
  await screen.shows(screen.machine('M-7', 'Running'));
  const [allocation] = await screen.plant.api.all('/allocations?machine_id=M-7');
  assert.equal(allocation.work_order_id, order);
  await screen.plant.api.post(`/allocations/${allocation.allocation_id}/release`);
});

screenTest(plant, 'Enter takes the best, and Enter once more commits it', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  const dialog = await allocateOrder(screen, 'WO-4');
  await screen.shows(dialog.root.locator('button[aria-pressed]:focus'));
  await page.keyboard.press('Enter');
  await screen.shows(dialog.root.getByText('All rules agree'));
  await screen.shows(dialog.root.locator('#commit:focus:not([aria-disabled="true"])'));
  await page.keyboard.press('Enter');
  await dialog.root.waitFor({ state: 'hidden' });
  const [allocation] = await screen.plant.api.all('/allocations?work_order_id=WO-4');
  assert.equal(allocation.phase, 'running');
  await screen.plant.api.post(`/allocations/${allocation.allocation_id}/release`);
});

screenTest(plant, 'typing goes to the lists, whatever is suggested', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  const dialog = await allocateOrder(screen, 'WO-5');
  await screen.shows(dialog.root.locator('button[aria-pressed]:focus'));
  await page.keyboard.type('M-8');
  await screen.shows(dialog.option('M-8'));
  await page.keyboard.press('Enter');
  await screen.shows(dialog.root.getByRole('button', { name: 'Do not use M-8' }));
});

screenTest(plant, 'when nobody fits, it is said why', {}, async (screen) => {
  const { api } = screen.plant;
  await api.post('/work-orders/WO-12/skill-requirements', { skill_code: 'LASER' });
  await screen.signIn('supervisor');
  const dialog = await allocateOrder(screen, 'WO-12');
  const why = dialog.root.getByRole('group', { name: 'Why nothing fits' });
  await screen.shows(why.getByText(/Nothing fits WO-12/));
  await screen.shows(why.getByText(/LASER/));
  await screen.shows(why.getByText(/Ada Lindqvist, Bruno Okafor, .* and 2 more/));
});
