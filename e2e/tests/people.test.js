/**
 * A person's card: certificates, shifts, holidays, and calling somebody off with whoever takes over.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const DAY_MS = 86_400_000;
const plant = stage();

/** @param {number} days from today, on the calendar of the plant, which is UTC's here */
const day = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

screenTest(plant, 'a certificate is seen to have expired', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const skill = (/** @type {string} */ skill_code, /** @type {number} */ days) =>
    api.post('/operators/O-3/skills', {
      skill_code,
      skill_name: `Skill ${skill_code}`,
      proficiency_level: 3,
      certification_expiry: day(days),
    });
  await skill('SOON', 5);
  await skill('GOOD', 400);
  await skill('GONE', -1);
  await screen.signIn('viewer');
  await screen.person('O-3').click();
  const skills = page.getByRole('region', { name: 'Skills and certificates' });
  const row = (/** @type {string} */ code) =>
    skills.getByRole('listitem').filter({ hasText: `Skill ${code}` });
  await screen.shows(row('GONE').getByText(/^Expired /));
  await screen.shows(row('SOON').getByText('Expires in 5 days'));
  await screen.shows(row('GOOD').getByText(/^Valid until /));
  await screen.shows(row('GOOD').getByText('Advanced (3)'));
  assert.match(await skills.getByRole('listitem').first().innerText(), /GONE/, 'first of all');
  assert.equal(await skills.getByRole('button').count(), 0, 'a viewer changes nothing');
  await skill('GONE', 60);
  await screen.shows(row('GONE').getByText(/^Valid until /));
});

screenTest(plant, 'a planner records a skill and takes it back', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('planner');
  await screen.person('Daniel Haddad').click();
  await page.getByRole('button', { name: 'Add skill' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a skill' });
  await dialog.getByRole('combobox', { name: 'Code' }).fill('CRANE');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Crane driving');
  await dialog.getByRole('combobox', { name: 'Level' }).selectOption('4');
  await dialog.getByLabel('Certified on').fill(day(3));
  await dialog.getByLabel('Valid through').fill(day(1));
  await dialog.getByRole('button', { name: 'Add' }).click();
  await screen.shows(dialog.getByRole('alert').filter({ hasText: /certif/i }));
  await dialog.getByLabel('Certified on').fill(day(-1));
  await dialog.getByRole('button', { name: 'Add' }).click();
  await screen.shows(page.getByText('Expires in 1 day'));
  await page.getByRole('button', { name: 'Remove Crane driving' }).click();
  await screen.shows(page.getByText('No skill is recorded.'));
  await page.getByRole('button', { name: 'Undo' }).click();
  await screen.shows(page.getByText('Expires in 1 day'));
  const { items } = await screen.plant.api.get('/operators/O-4/skills');
  assert.deepEqual(
    items.map((/** @type {any} */ one) => [one.skill_code, one.proficiency_level]),
    [['CRANE', 4]],
  );
});

// Whoever plans from elsewhere still plans in the plant's time.
const elsewhere = { timezoneId: 'Asia/Tokyo' };
screenTest(plant, 'a night shift is planned, and a holiday ends it', elsewhere, async (screen) => {
  const { page } = screen;
  await screen.signIn('planner');
  await screen.person('Farid Jansen').click();
  await page.getByRole('button', { name: 'Add shift' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a shift' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Night');
  await dialog.getByLabel('Day on which it begins').fill(day(1));
  await dialog.getByLabel('Begins', { exact: true }).fill('22:00');
  await dialog.getByLabel('Ends', { exact: true }).fill('06:00');
  await dialog.getByLabel('Break from').fill('02:00');
  await dialog.getByLabel('Break until').fill('02:30');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const shift = page
    .getByRole('region', { name: 'Shifts' })
    .getByRole('listitem')
    .filter({ hasText: '22:00–06:00' });
  await screen.shows(shift.getByText('Tomorrow'));
  await screen.shows(shift.getByText('overnight'));
  await screen.shows(shift.getByText('break 02:00–02:30'));
  const [planned] = (await screen.plant.api.get('/operators/O-6/shifts')).items;
  assert.equal(planned.starts_at.slice(0, 16), `${day(1)}T22:00`);

  await page.getByRole('button', { name: 'Holidays' }).click();
  const holidays = page.getByRole('dialog', { name: 'Plant holidays' });
  await holidays.getByLabel('Day').fill(day(1));
  await holidays.getByLabel('Name').fill('Founders’ day');
  await holidays.getByRole('button', { name: 'Add holiday' }).click();
  await screen.shows(holidays.getByRole('listitem').filter({ hasText: 'Founders’ day' }));
  await page.keyboard.press('Escape');
  await screen.shows(shift.getByText('Does not count: Founders’ day'));
  await page.getByRole('button', { name: 'Holidays' }).click();
  await holidays.getByRole('button', { name: 'Remove Founders’ day' }).click();
  await screen.shows(holidays.getByText('No holiday is to come.'));
  assert.deepEqual((await screen.plant.api.get('/holidays')).items, []);
});

screenTest(plant, 'called off from the card, and replaced with one click', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/reason-codes', {
    reason_code: 'flu',
    category: 'sick',
    description: 'Influenza',
  });
  // Long enough to be on at whatever hour this runs.
  const shift = { shift_name: 'Long', shift_date: day(0), start_time: '00:00', end_time: '00:00' };
  await api.post('/operators/O-5/shifts', shift);
  const job = { work_order_id: 'WO-7', machine_id: 'M-5', operator_id: 'O-5' };
  const { allocation_id } = await api.post('/allocations', job);
  await screen.signIn('supervisor');
  await screen.person('Elif Moreau', 'at M-5').click();
  await page.getByRole('button', { name: 'Call off' }).click();
  const dialog = page.getByRole('dialog');
  await screen.shows(dialog.getByRole('heading', { name: 'Call off Elif Moreau' }));
  await screen.shows(dialog.getByRole('combobox', { name: 'Which shift' }));
  await dialog.getByRole('combobox', { name: /^Reason/ }).selectOption('flu');
  await dialog.getByRole('button', { name: 'Call off' }).click();
  await screen.shows(dialog.getByRole('heading', { name: 'Elif Moreau: Sick' }));
  await screen.shows(dialog.getByText('Paused'));
  const { items } = await api.get(`/suggestions?allocation_id=${allocation_id}&replace=operator`);
  const take = dialog.getByRole('button', { name: /^Take .* for WO-7$/ });
  await screen.shows(take);
  const best = items[0].operator_id;
  await take.first().click();
  await screen.shows(dialog.getByText(/^Taken by /));
  const now = await api.get(`/allocations/${allocation_id}`);
  assert.deepEqual([now.operator_id, now.phase], [best, 'paused']);
  await dialog.getByRole('button', { name: 'Resume WO-7' }).click();
  await screen.shows(screen.machine('M-5', 'Running'));
  await dialog.getByRole('button', { name: 'Done' }).click();
  const called = await api.get('/operators/O-5');
  assert.equal(called.current_status, 'sick');
  const [off] = (await api.get('/operators/O-5/shifts')).items;
  assert.deepEqual([off.status, off.is_called_off], ['absent', true]);
  const shifts = page.getByRole('region', { name: 'Shifts' });
  await screen.shows(shifts.getByText('Called off'));
  // It was somebody else who is ill.
  await shifts.getByRole('button', { name: 'Take call-off back' }).click();
  await shifts.getByText('Called off').waitFor({ state: 'hidden' });
  const expected = await api.get('/operators/O-5');
  assert.equal(expected.current_status, 'available');
  await api.post(`/allocations/${allocation_id}/release`);
});

screenTest(
  plant,
  'who comes late is seen to be late, and then to have gone',
  {},
  async (screen) => {
    const { page } = screen;
    const { api } = screen.plant;
    const begun = new Date(Date.now() - 2 * 3_600_000).toISOString();
    const [shift_date, start_time] = [begun.slice(0, 10), begun.slice(11, 16)];
    const shift = { shift_name: 'Long', shift_date, start_time, end_time: start_time };
    await api.post('/operators/O-2/shifts', shift);
    await screen.signIn('supervisor');
    await screen.person('Bruno Okafor').click();
    const shifts = page.getByRole('region', { name: 'Shifts' });
    await shifts.getByRole('button', { name: 'Has come' }).click();
    await screen.shows(shifts.getByText(/^Late: came /));
    await shifts.getByRole('button', { name: 'Has gone' }).click();
    await screen.shows(shifts.getByText(/^Came .*, went /));
    await screen.shows(page.getByText('Off shift'));
    await api.post('/operators/O-2/status', { status: 'available' });
  },
);

screenTest(plant, 'called off from the floor by keyboard alone', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const job = { work_order_id: 'WO-9', machine_id: 'M-8', operator_id: 'O-8' };
  const { allocation_id } = await api.post('/allocations', job);
  await screen.signIn('supervisor');
  const chip = screen.person('Hugo Tanaka', 'at M-8');
  await screen.shows(chip);
  await chip.focus();
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu');
  await screen.shows(menu);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  assert.match(await screen.focused(), /^Hugo Tanaka/, 'the focus is back');
  await page.keyboard.press('Shift+F10');
  await screen.shows(menu.getByRole('menuitem', { name: 'Call off' }));
  await page.keyboard.press('c');
  await page.keyboard.press('Enter');
  await screen.shows(page.getByRole('dialog', { name: 'Call off Hugo Tanaka' }));
  await screen.tabTo(/^Sick/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const result = page.getByRole('dialog', { name: 'Hugo Tanaka: Absent' });
  await screen.shows(result.getByRole('button', { name: /^Take / }));
  await screen.tabTo(/^Take /);
  await page.keyboard.press('Enter');
  await screen.shows(result.getByText(/^Taken by /));
  await screen.tabTo(/^Done/);
  await page.keyboard.press('Enter');
  await result.waitFor({ state: 'hidden' });
  const now = await api.get(`/allocations/${allocation_id}`);
  assert.notEqual(now.operator_id, 'O-8');
  await api.post(`/allocations/${allocation_id}/release`);
  await api.post('/operators/O-8/status', { status: 'available' });
});

const finger = { viewport: { width: 1024, height: 768 }, hasTouch: true };
screenTest(plant, 'a long touch on a person opens the menu', finger, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  const chip = screen.person('Greta Silva', 'Free');
  await screen.shows(chip);
  await chip.scrollIntoViewIfNeeded();
  const box = await chip.boundingBox();
  assert.ok(box);
  const touch = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  const item = page.getByRole('menuitem', { name: 'Break' });
  await screen.shows(item);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await item.tap();
  await screen.shows(screen.person('Greta Silva', 'On break'));
  await screen.plant.api.post('/operators/O-7/status', { status: 'available' });
});
