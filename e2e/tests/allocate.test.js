/**
 * The main job: who works where on what, refused with reasons, overridden with one, undone.
 */
import assert from 'node:assert/strict';
import { BEGINNER, EXPERT, UNSKILLED, WELDING } from '../harness/floor.js';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

screenTest(plant, 'free people and machines are allocated and released', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  const dialog = await screen.allocateAt('M-6');
  await dialog.choose('Order', 'WO-8');
  await dialog.choose('Person', 'O-6');
  await dialog.submit();
  await screen.shows(screen.machine('M-6', 'Running'));
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await screen.shows(screen.machine('M-6', 'Free'));
  const [allocation] = await screen.plant.api.all('/allocations?machine_id=M-6');
  assert.equal(allocation.status, 'released');
});

screenTest(plant, 'who may not is refused in words, for good', {}, async (screen) => {
  await screen.signIn('supervisor');
  const dialog = await screen.allocateAt(WELDING);
  await dialog.choose('Order', 'WO-1');
  await dialog.choose('Person', UNSKILLED.id);
  const reasons = dialog.reasons();
  await screen.shows(reasons.filter({ hasText: 'Bruno Okafor lacks skill WELD' }));
  assert.equal(await dialog.canSubmit(), false);
});

screenTest(plant, 'a soft refusal gives way to a reason', {}, async (screen) => {
  await screen.signIn('supervisor');
  const dialog = await screen.allocateAt(EXPERT);
  await dialog.choose('Order', 'WO-2');
  await dialog.choose('Person', BEGINNER.id);
  await screen.shows(dialog.reasons().filter({ hasText: /level/i }));
  assert.equal(await dialog.canSubmit(), false, 'not without a reason');
  await dialog.giveReason('Trained today under supervision');
  await dialog.submit();
  await screen.shows(screen.machine(EXPERT, 'Running'));
  const [allocation] = await screen.plant.api.all(`/allocations?machine_id=${EXPERT}`);
  assert.equal(allocation.operator_id, BEGINNER.id);
  await screen.plant.api.post(`/allocations/${allocation.allocation_id}/release`);
});

screenTest(plant, 'somebody was faster', {}, async (screen) => {
  await screen.signIn('supervisor');
  const dialog = await screen.allocateAt('M-7');
  await dialog.choose('Order', 'WO-9');
  await dialog.choose('Person', 'O-7');
  await screen.plant.api.post('/allocations', {
    work_order_id: 'WO-10',
    machine_id: 'M-7',
    operator_id: 'O-8',
  });
  await screen.shows(dialog.reasons().filter({ hasText: /M-7/ }));
  assert.equal(await dialog.canSubmit(), false);
});
