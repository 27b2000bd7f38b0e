/**
 * The screens of stock, orders and suggestions for everybody: axe-core in light and dark, a finger's
 * breadth on a tablet, and pictures kept in target/e2e.
 */
import assert from 'node:assert/strict';
import { checkReadable } from '../harness/axe.js';
import { EVIDENCE, screenTest, stage } from '../harness/screen.js';

/** A few materials in every state, an order that waits for one of them, and one with a history. */
const plant = stage(async ({ api }) => {
  const names = ['Compressor', 'Foam component A', 'Door seal', 'Control board', 'Screw M4'];
  for (const [n, part_name] of names.entries()) {
    await api.post('/materials', {
      material_id: `MAT-${n + 1}`,
      part_number: `4711-${n + 1}`,
      part_name,
      unit_of_measure: n === 1 ? 'KG' : 'EA',
      category: n === 1 ? 'Chemicals' : 'Parts',
      safety_stock_level: '50',
      reorder_point: '120',
      next_receipt_at: '2031-03-01T08:00:00Z',
      next_receipt_quantity: '500',
    });
    const receipt = { transaction_type: 'receipt', to_location: `R${n + 1}-04` };
    for (const [lot, quantity] of [80, 20 * n].entries())
      if (n > 0 && quantity > 0)
        await api.post(`/materials/MAT-${n + 1}/transactions`, {
          ...receipt,
          quantity,
          batch_number: `B-${lot + 1}`,
          expiration_date: `203${lot + 1}-06-01`,
        });
  }
  for (const n of [1, 2, 3])
    await api.post('/work-orders/WO-1/bom', {
      material_id: `MAT-${n}`,
      quantity_required: 60 * n,
      is_critical: n < 3,
    });
  await api.post('/reservations', {
    material_id: 'MAT-2',
    work_order_id: 'WO-1',
    quantity_reserved: '40',
  });
  const link = { predecessor_work_order_id: 'WO-2', lag_minutes: 45 };
  await api.post('/work-orders/WO-1/dependencies', link);
  await api.post('/work-orders/WO-1/progress', { quantity_delta: '12', quantity_rejected: '1' });
  const note = { event_type: 'issue', notes: 'Two doors with a torn seal' };
  await api.post('/work-orders/WO-1/logs', note);
});

/** What is looked at, and by what one knows that it is there. */
const PLACES = [
  { name: 'stock', path: '/stock', shows: 'Compressor' },
  { name: 'shortages', path: '/stock?show=short', shows: 'Holds up work' },
  { name: 'material', path: '/stock?material=MAT-2', shows: 'batch B-1' },
  { name: 'movements', path: '/stock?material=MAT-2&part=moved', shows: '+80 KG' },
  { name: 'reservations', path: '/stock?material=MAT-2&part=held', shows: 'for WO-1' },
  { name: 'order', path: '/orders?order=WO-1', shows: 'Report progress' },
  { name: 'bill', path: '/orders?order=WO-1&part=bill', shows: 'not covered' },
  { name: 'sequence', path: '/orders?order=WO-1&part=sequence', shows: '45 min in between' },
  { name: 'log', path: '/orders?order=WO-1&part=log', shows: 'torn seal' },
  { name: 'machine', path: '/?machine=M-6', shows: 'Could do now' },
];

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  screenTest(plant, `stock and orders in ${colorScheme}`, { colorScheme }, async (screen) => {
    const { page } = screen;
    await screen.signIn('planner');
    for (const { name, path, shows } of PLACES) {
      await page.goto(screen.plant.url + path);
      await screen.shows(page.getByText(shows));
      await checkReadable(page, name);
      await page.screenshot({ path: `${EVIDENCE}/${name}-${colorScheme}.png` });
    }
    await page.goto(`${screen.plant.url}/orders?order=WO-5`);
    await page.getByRole('button', { name: 'Allocate', exact: true }).click();
    const dialog = await screen.dialog();
    await dialog.root.locator('button[aria-pressed]').first().click();
    await screen.shows(dialog.root.getByText('All rules agree'));
    await checkReadable(page, 'suggestions');
    await page.screenshot({ path: `${EVIDENCE}/suggestions-${colorScheme}.png` });
    await page.keyboard.press('Escape');
    await page.goto(`${screen.plant.url}/stock?material=MAT-2`);
    await page.getByRole('button', { name: 'Receive' }).click();
    await screen.shows(page.getByRole('dialog'));
    await checkReadable(page, 'receive');
    await page.screenshot({ path: `${EVIDENCE}/receive-${colorScheme}.png` });
  });
}

const tablet = { viewport: { width: 1024, height: 768 }, hasTouch: true };
screenTest(plant, 'stock on a tablet', tablet, async (screen) => {
  const { page } = screen;
  await screen.signIn('planner');
  for (const { name, path, shows } of PLACES) {
    await page.goto(screen.plant.url + path);
    await screen.shows(page.getByText(shows));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 1024, `${name} is ${width} px wide and scrolls sideways`);
    await page.screenshot({ path: `${EVIDENCE}/${name}-tablet.png` });
  }
});
