/**
 * Each role sees what it may, and no button that it may not press.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

screenTest(plant, 'a viewer looks and does not touch', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('viewer');
  await screen.machine('M-1').click();
  await screen.shows(page.getByRole('heading', { name: /M-1/ }));
  assert.equal(await page.getByRole('button', { name: /^Allocate/ }).count(), 0);
  assert.equal(await page.getByRole('button', { name: /breakdown/i }).count(), 0);
});

screenTest(plant, 'an operator sees the own work and no colleague', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const job = { work_order_id: 'WO-9', machine_id: 'M-8', operator_id: 'O-8' };
  await api.post('/allocations', job);
  await api.post('/allocations', { work_order_id: 'WO-8', machine_id: 'M-7', operator_id: 'O-7' });
  await screen.signIn('operator', { more: { operator_id: 'O-8' } });
  await screen.shows(screen.machine('M-8', 'Running'));
  await screen.shows(page.getByText('WO-9'));
  assert.equal(await page.getByText('Greta Silva').count(), 0);
  assert.equal(await page.getByRole('button', { name: /^Allocate/ }).count(), 0);
});

screenTest(plant, 'a supervisor of one line sees that line', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor', { more: { production_lines: ['Laundry line'] } });
  await screen.shows(screen.machine('M-8'));
  assert.equal(await screen.machine('M-1').count(), 0);
  await page.goto(`${screen.plant.url}/?machine=M-1`);
  await screen.live();
  assert.equal(await page.getByText('Press 1').count(), 0);
});
