/**
 * A machine's card: what it did and why, its maintenance, and who goes on elsewhere when it breaks down.
 */
import assert from 'node:assert/strict';
import { addRobot, minutesAgo } from '../harness/floor.js';
import { screenTest, stage } from '../harness/screen.js';

const DAY_MS = 86_400_000;
const plant = stage();

/** @param {number} days from today, on the calendar of the plant, which is UTC's here */
const day = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

screenTest(plant, 'what a machine did, why and how long', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await addRobot(api, 'M-30');
  await api.post('/machines/M-30/status', {
    status: 'breakdown',
    reason_code: 'belt',
    reason_description: 'the third this month',
    occurred_at: minutesAgo(91),
  });
  await api.post('/machines/M-30/status', { status: 'maintenance', occurred_at: minutesAgo(61) });
  await screen.signIn('viewer');
  await screen.machine('M-30', 'Maintenance').click();
  const history = page.getByRole('region', { name: 'What it did' });
  const periods = history.getByRole('listitem');
  await screen.shows(periods.first().filter({ hasText: /Maintenance.*1 h 0\d so far/s }));
  const broken = periods.nth(1);
  await screen.shows(broken.filter({ hasText: /Breakdown.*30 min/s }));
  await screen.shows(broken.getByText('Belt torn: the third this month'));
  await screen.shows(history.getByText(/Last 24 hours:.*maintenance 1 h 0\d.*breakdown 30 min/));
  await api.post('/machines/M-30/status', { status: 'idle' });
  await screen.shows(periods.first().filter({ hasText: /Free/ }));
});

const elsewhere = { timezoneId: 'America/New_York' };
screenTest(plant, 'maintenance is planned, changed and done', elsewhere, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await screen.signIn('planner');
  await screen.machine('M-6').click();
  const upkeep = page.getByRole('region', { name: 'Maintenance' });
  await screen.shows(upkeep.getByText('Nothing is planned.'));
  await upkeep.getByRole('button', { name: 'Plan maintenance' }).click();
  const form = page.getByRole('dialog', { name: 'Plan maintenance' });
  await form.getByLabel('What is done').fill('Lubrication');
  await form.getByLabel('Window from').fill(`${day(3)}T08:00`);
  await form.getByLabel('Window to').fill(`${day(3)}T06:00`);
  await form.getByLabel('Comes again after days').fill('30');
  await form.getByRole('button', { name: 'Plan' }).click();
  await screen.shows(form.getByRole('alert').filter({ hasText: /\w/ }));
  await form.getByLabel('Window to').fill(`${day(3)}T10:00`);
  await form.getByRole('button', { name: 'Plan' }).click();
  const row = upkeep.getByRole('listitem').filter({ hasText: 'Lubrication' });
  await screen.shows(row.getByText('Due soon'));
  await screen.shows(row.getByText(/08:00 to 10:00/));
  const [planned] = (await api.get('/machines/M-6/maintenance')).items;
  assert.equal(planned.planned_start.slice(0, 16), `${day(3)}T08:00`, 'in the plant’s own time');

  await row.getByRole('button', { name: 'Change Lubrication' }).click();
  const change = page.getByRole('dialog', { name: 'Change Lubrication' });
  assert.equal(await change.getByLabel('Window from').inputValue(), `${day(3)}T08:00`);
  await change.getByLabel('Due after running hours').fill('500');
  await change.getByRole('button', { name: 'Change' }).click();
  await screen.shows(row.getByText('500 of 500 running hours left'));

  await row.getByRole('button', { name: 'Mark done: Lubrication' }).click();
  const done = page.getByRole('dialog', { name: 'Lubrication is done' });
  await done.getByRole('textbox').fill('Two nipples replaced');
  await done.getByRole('button', { name: 'Mark done' }).click();
  await screen.shows(row.getByText('Comes again every 30 d'));
  await upkeep.getByRole('button', { name: /^Show the 1 before/ }).click();
  await screen.shows(upkeep.getByText('Two nipples replaced'));
  const { items } = await api.get('/machines/M-6/maintenance');
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.status),
    ['planned', 'completed'],
  );
  await row.getByRole('button', { name: 'Call off: Lubrication' }).first().click();
  await page
    .getByRole('dialog', { name: 'Call Lubrication off' })
    .getByRole('button', { name: 'Call off' })
    .click();
  await screen.shows(upkeep.getByText('Called off'));
});

screenTest(plant, 'the floor tells the maintenance that is near', {}, async (screen) => {
  const { api } = screen.plant;
  const at = (/** @type {number} */ hours) =>
    new Date(Date.now() + hours * 3_600_000).toISOString();
  const plan = (/** @type {number} */ from, /** @type {number} */ to) =>
    api.post('/machines/M-8/maintenance', {
      maintenance_type: 'Grease',
      planned_start: at(from),
      planned_end: at(to),
    });
  await screen.signIn('viewer');
  await plan(30, 31);
  const near = await plan(2, 3);
  const tile = screen.machine('M-8', 'maintenance from');
  await screen.shows(tile);
  const { maintenance_id } = await plan(-1, 1);
  await screen.shows(screen.machine('M-8', 'maintenance until'));
  await api.post(`/machines/M-8/maintenance/${maintenance_id}/complete`, {});
  await screen.shows(tile);
  await api.post(`/machines/M-8/maintenance/${near.maintenance_id}/cancel`, {});
  await tile.waitFor({ state: 'hidden' });
});

screenTest(plant, 'a long product name can be read whole on its tile', {}, async (screen) => {
  const { api } = screen.plant;
  await api.post('/work-orders', {
    work_order_id: 'WO-1030-30',
    work_order_number: '1030/30',
    product_id: 'P-1',
    product_name: 'Zephyr 9 heat-pump dryer, coated housing',
    quantity_ordered: '96',
    unit_of_measure: 'EA',
    priority: 'medium',
    due_date: '2030-01-01T00:00:00Z',
    estimated_duration_minutes: 60,
    production_line: 'Laundry line',
  });
  const job = { work_order_id: 'WO-1030-30', machine_id: 'M-7', operator_id: 'O-7' };
  const { allocation_id } = await api.post('/allocations', job);
  const at = (/** @type {number} */ hours) => minutesAgo(-60 * hours);
  const plan = { maintenance_type: 'Grease', planned_start: at(20), planned_end: at(21) };
  await api.post('/machines/M-7/maintenance', plan);
  await screen.signIn('viewer');
  const tile = screen.machine('M-7', 'maintenance from');
  await screen.shows(tile.getByText('coated housing'));
  const cut = await tile.evaluate((whole) =>
    [whole, ...whole.querySelectorAll('span')]
      .filter((part) => part.clientHeight > 0)
      .filter(
        (part) =>
          part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1,
      )
      .map((part) => part.textContent),
  );
  assert.deepEqual(cut, []);
  await api.post(`/allocations/${allocation_id}/release`);
});

screenTest(plant, 'a breakdown shows where the work can go on', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const job = { work_order_id: 'WO-7', machine_id: 'M-5', operator_id: 'O-5' };
  const { allocation_id } = await api.post('/allocations', job);
  await screen.signIn('supervisor');
  await screen.machine('M-5', 'Running').click();
  await page.getByRole('button', { name: 'Report breakdown' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'M-5: Breakdown' });
  await screen.shows(dialog.getByRole('button', { name: /^Take M-\d .* for WO-7$/ }));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  // Whoever comes later finds the same from the alert.
  await page.getByRole('button', { name: /alerts/ }).click();
  await page.getByRole('button', { name: 'Find replacements for M-5' }).click();
  await dialog
    .getByRole('button', { name: /^Take / })
    .first()
    .click();
  await screen.shows(dialog.getByText(/^Taken by M-/));
  const now = await api.get(`/allocations/${allocation_id}`);
  assert.notEqual(now.machine_id, 'M-5');
  assert.equal(now.operator_id, 'O-5');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Repaired' }).click();
  const why = page.getByRole('dialog', { name: /M-5/ });
  await why.getByRole('textbox').fill('New motor');
  await why.getByRole('button', { name: 'Report', exact: true }).click();
  await screen.shows(screen.machine('M-5', 'Free'));
  const history = page.getByRole('region', { name: 'What it did' });
  await screen.shows(history.getByText('New motor'));
  await api.post(`/allocations/${allocation_id}/release`);
});
