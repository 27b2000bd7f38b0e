/**
 * Tables of orders and materials: sorted by their heads, narrowed down, walked by arrow keys, and never
 * just blank.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

/** @import { Page } from 'playwright-core' */

const plant = stage(async ({ api }) => {
  for (const [n, part_name] of ['Compressor', 'Door seal', 'Screw'].entries())
    await api.post('/materials', {
      material_id: `MAT-${n + 1}`,
      part_number: `4711-${n + 1}`,
      part_name,
      unit_of_measure: 'EA',
      category: n === 0 ? 'Drives' : 'Parts',
      reorder_point: n === 2 ? '10' : null,
    });
});

/** @param {Page} page */
const firstRow = (page) => page.getByRole('button', { name: /^Open (order|material)/ }).first();

screenTest(plant, 'orders are sorted and narrowed down', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('viewer');
  await page.getByRole('link', { name: 'Orders' }).click();
  await screen.shows(page.getByText('12 orders'));
  const head = page.getByRole('columnheader', { name: 'Order', exact: true });
  await head.getByRole('button').click();
  await screen.shows(firstRow(page).and(page.getByText('WO-1', { exact: true })));
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  await head.getByRole('button').click();
  await screen.shows(firstRow(page).and(page.getByText('WO-12', { exact: true })));
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  await page.getByRole('columnheader', { name: 'Priority' }).getByRole('button').click();
  await screen.shows(firstRow(page).and(page.getByText('WO-1', { exact: true })));

  await page.getByRole('combobox', { name: 'Priority' }).selectOption('urgent');
  await screen.shows(page.getByText('1 order', { exact: true }));
  await page.reload();
  await screen.shows(page.getByText('1 order', { exact: true }));
  await page.getByLabel('Find in orders').fill('nothing of this name');
  await screen.shows(page.getByText(/^No order matches/));
});

screenTest(plant, 'arrow keys walk the rows, and Enter opens one', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('viewer');
  await page.goto(`${screen.plant.url}/orders?sort=order.up`);
  await screen.shows(firstRow(page));
  await firstRow(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  assert.equal(await screen.focused(), 'Open order WO-2');
  await page.keyboard.press('Enter');
  await screen.shows(page.getByRole('complementary').getByRole('heading', { name: 'WO-2' }));
});

screenTest(plant, 'materials are found by category and level', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('viewer');
  await page.goto(`${screen.plant.url}/stock`);
  await screen.shows(page.getByText('3 materials'));
  await screen.shows(firstRow(page).and(page.getByText('MAT-3', { exact: true })));
  await page.getByRole('combobox', { name: 'Category' }).selectOption('Drives');
  await screen.shows(page.getByText('1 material', { exact: true }));
  await page.getByRole('combobox', { name: 'Level' }).selectOption('below');
  await screen.shows(page.getByText(/^No material matches/));
});

screenTest(plant, 'what cannot be fetched says so and is asked for again', {}, async (screen) => {
  const { page } = screen;
  let down = true;
  await page.route('**/api/v1/materials*', (route) =>
    down ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await screen.signIn('viewer');
  await page.goto(`${screen.plant.url}/stock`);
  await screen.shows(page.getByText(/busy or restarting/));
  down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await screen.shows(page.getByText('3 materials'));
});
