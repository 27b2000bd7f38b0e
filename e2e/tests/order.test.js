/**
 * An order's panel: material, sequence, progress, inspection, log; and changing its bookings.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

/** @import { Screen } from '../harness/screen.js' */

const plant = stage();
const HOUR_MS = 3_600_000;

/**
 * @param {Screen} screen
 * @param {string} id
 * @param {string} [part]
 */
async function openOrder({ page, plant: { url } }, id, part = '') {
  await page.goto(`${url}/orders?order=${id}${part && `&part=${part}`}`);
}

screenTest(plant, 'a circle of waiting is refused and named', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('planner');
  await openOrder(screen, 'WO-2', 'sequence');
  await page.getByRole('button', { name: 'Add a predecessor' }).click();
  let dialog = page.getByRole('dialog', { name: /WO-2 waits for/ });
  await dialog.getByLabel('Order that comes first').fill('WO-1');
  await dialog.getByLabel(/^Minutes in between/).fill('30');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await screen.shows(page.getByText('must be finished first, 30 min in between'));

  await openOrder(screen, 'WO-1', 'sequence');
  await screen.shows(
    page.getByText('starts when this is finished, 30 min in between; held up by this'),
  );
  await page.getByRole('button', { name: 'Add a predecessor' }).click();
  dialog = page.getByRole('dialog', { name: /WO-1 waits for/ });
  await dialog.getByLabel('Order that comes first').fill('WO-2');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await screen.shows(dialog.getByRole('alert').getByText(/WO-1 after WO-2 after WO-1/));
  const { items } = await screen.plant.api.get('/work-orders/WO-1/dependencies');
  assert.deepEqual(items, []);
});

screenTest(plant, 'progress is reported once, whoever else reports', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await screen.signIn('supervisor');
  await openOrder(screen, 'WO-3');
  await page.getByRole('button', { name: 'Report progress' }).click();
  const dialog = page.getByRole('dialog', { name: 'Progress of WO-3' });
  await api.post('/work-orders/WO-3/progress', { quantity_delta: '10' });
  await screen.shows(dialog.getByText('10 of 200 made so far'));
  await dialog.getByLabel('Made since the last report').fill('15');
  await dialog.getByRole('button', { name: 'Report' }).click();
  await screen.shows(dialog.getByRole('alert'));
  await dialog.getByRole('button', { name: 'Report' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await screen.shows(page.getByText('12 %'));
  await page.getByRole('tab', { name: 'Log' }).click();
  await screen.shows(page.getByText('+15, 25 in all'));
  const { quantity_produced } = await api.get('/work-orders/WO-3');
  assert.equal(Number(quantity_produced), 25);
});

screenTest(plant, 'an order that is done opens by its address', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const { quantity_ordered } = await api.get('/work-orders/WO-8');
  const { status } = await api.post('/work-orders/WO-8/progress', {
    quantity_produced: quantity_ordered,
  });
  assert.equal(status, 'completed');
  await screen.signIn('planner');
  await openOrder(screen, 'WO-8');
  const { work_order_number } = await api.get('/work-orders/WO-8');
  await screen.shows(page.getByText(work_order_number));
  await screen.shows(page.getByText('100 %'));

  await openOrder(screen, 'WO-NOWHERE');
  await screen.shows(page.getByText('There is no such order, or it is not yours to see.'));
});

screenTest(plant, 'what an order is made of is planned and covered', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const pump = { material_id: 'PUMP-1', part_number: 'PN-PUMP', part_name: 'Pump' };
  await api.post('/materials', { ...pump, unit_of_measure: 'EA' });
  await api.post('/materials/PUMP-1/transactions', {
    transaction_type: 'receipt',
    quantity: '300',
  });
  await screen.signIn('planner');
  await openOrder(screen, 'WO-4', 'bill');
  await page.getByRole('button', { name: 'Add a material' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a material' });
  await dialog.getByLabel('Material').fill('PUMP-1');
  await dialog.getByLabel(/^Needed in all/).fill('200');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await screen.shows(page.getByText('200 EA not covered'));
  await screen.shows(page.getByText('300 available'));
  await page.getByRole('button', { name: 'Set aside: PUMP-1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set aside' }).click();
  await screen.shows(page.getByText('0 used up · 200 set aside'));
  await screen.shows(page.getByRole('button', { name: 'of PUMP-1' }));
});

screenTest(plant, 'inspection and notes are written down', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  await openOrder(screen, 'WO-5');
  await page.getByRole('button', { name: 'Inspection' }).click();
  const inspection = page.getByRole('dialog', { name: 'Inspection of WO-5' });
  await inspection.getByLabel('Result').selectOption('failed');
  await inspection.getByRole('button', { name: 'Record' }).click();
  await screen.shows(page.getByText('Inspected, failed'));
  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByRole('button', { name: 'Write down' }).click();
  const note = page.getByRole('dialog', { name: /^Write down/ });
  await note.getByLabel('Kind').selectOption('issue');
  await note.getByLabel('In words').fill('Seal torn on three doors');
  await note.getByRole('button', { name: 'Write down' }).click();
  await screen.shows(page.getByText('Seal torn on three doors'));
  const { items } = await screen.plant.api.get('/work-orders/WO-5/logs?event_type=issue');
  assert.equal(items[0].notes, 'Seal torn on three doors');
});

screenTest(plant, 'a reassignment is taken back', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const job = { work_order_id: 'WO-9', machine_id: 'M-6', operator_id: 'O-6' };
  const { allocation_id } = await api.post('/allocations', job);
  await screen.signIn('supervisor');
  await openOrder(screen, 'WO-9');
  await page.getByRole('button', { name: 'Reassign', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Reassign WO-9' });
  await screen.shows(dialog.getByRole('option').first().getByText('Fits'));
  await dialog.getByRole('option', { name: /O-7/ }).click();
  await dialog.waitFor({ state: 'hidden' });
  await screen.shows(page.getByRole('article').getByText('Greta Silva'));
  await page.getByRole('article').getByRole('button', { name: /^Undo/ }).click();
  await screen.shows(page.getByRole('article').getByText('Farid Jansen'));
  const { operator_id } = await api.get(`/allocations/${allocation_id}`);
  assert.equal(operator_id, 'O-6');

  await page.getByRole('button', { name: 'Reassign', exact: true }).click();
  await page.getByRole('button', { name: 'Goes on without a person' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal((await api.get(`/allocations/${allocation_id}`)).operator_id, null);
  await api.post(`/allocations/${allocation_id}/release`);
});

screenTest(
  plant,
  'a booking moves, work is extended, a release is taken back',
  {},
  async (screen) => {
    const { page } = screen;
    const { api } = screen.plant;
    const start = new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 24 * HOUR_MS);
    const booked = await api.post('/allocations', {
      work_order_id: 'WO-10',
      machine_id: 'M-5',
      expected_start_time: start.toISOString(),
    });
    await screen.signIn('supervisor');
    await openOrder(screen, 'WO-10');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    const move = page.getByRole('dialog', { name: 'Move WO-10' });
    await move.getByRole('button', { name: '+ 1 h 00' }).click();
    await move.getByRole('button', { name: 'Move' }).click();
    await move.waitFor({ state: 'hidden' });
    const end_ms = (/** @type {any} */ one) => Date.parse(one.expected_end_time);
    const moved = await api.get(`/allocations/${booked.allocation_id}`);
    assert.equal(end_ms(moved) - end_ms(booked), HOUR_MS);

    const running = await api.post('/allocations', { work_order_id: 'WO-11', machine_id: 'M-7' });
    await openOrder(screen, 'WO-11');
    await page.getByRole('button', { name: 'Extend', exact: true }).click();
    const extend = page.getByRole('dialog', { name: 'Extend WO-11' });
    await extend.getByRole('button', { name: '+ 30 min' }).click();
    await extend.getByRole('button', { name: 'Extend' }).click();
    await extend.waitFor({ state: 'hidden' });
    const longer = await api.get(`/allocations/${running.allocation_id}`);
    assert.ok(end_ms(longer) - end_ms(running) > HOUR_MS / 3, 'it ends later');

    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await screen.shows(screen.machine('M-7', 'Free').or(page.getByText('Nobody works on it.')));
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await screen.shows(page.getByRole('article').getByText('Running'));
    await api.post(`/allocations/${running.allocation_id}/release`);
  },
);
