/**
 * The cards of people and machines and their dialogs: no serious finding of axe-core in light and dark,
 * nothing too small for a finger on a tablet; pictures of each in target/e2e.
 */
import assert from 'node:assert/strict';
import { checkReadable } from '../harness/axe.js';
import { addRobot, minutesAgo } from '../harness/floor.js';
import { EVIDENCE, screenTest, stage } from '../harness/screen.js';

/** @import { Screen } from '../harness/screen.js' */

const DAY_MS = 86_400_000;
const plant = stage();

/** @param {number} days from today */
const day = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** A finger needs about this much. */
const FINGER_PX = 43.5;

const LOOKS = /** @type {const} */ ([
  { name: 'light', person: 'O-5', at: 'M-5', colorScheme: 'light' },
  { name: 'dark', person: 'O-6', at: 'M-6', colorScheme: 'dark' },
  {
    name: 'tablet',
    person: 'O-7',
    at: 'M-7',
    colorScheme: 'light',
    viewport: { width: 1024, height: 768 },
    hasTouch: true,
  },
]);

for (const { name, person, at, ...options } of LOOKS)
  screenTest(plant, `cards and dialogs in ${name}`, options, async (screen) => {
    const { page } = screen;
    const { api } = screen.plant;
    await furnishFurther(screen, person);
    const job = { work_order_id: 'WO-7', machine_id: at, operator_id: person };
    const { allocation_id } = await api.post('/allocations', job);
    await screen.signIn('admin');

    await page.goto(`${screen.plant.url}/?operator=${person}`);
    await screen.shows(page.getByText('Expires in 5 days'));
    await look(screen, `person-${name}`);
    await page.getByRole('button', { name: 'Call off' }).click();
    await screen.shows(page.getByRole('dialog', { name: /^Call off/ }));
    await look(screen, `call-off-${name}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Call off' }).click();
    await screen.shows(page.getByRole('button', { name: /^Take / }));
    await screen.shows(page.getByText('is called off'));
    await look(screen, `replacements-${name}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Holidays' }).click();
    await screen.shows(page.getByRole('dialog').getByText('Christmas Day'));
    await look(screen, `holidays-${name}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add shift' }).click();
    await look(screen, `shift-${name}`);

    await page.goto(`${screen.plant.url}/?machine=M-60`);
    await screen.shows(page.getByText('Overdue'));
    await screen.shows(page.getByText('Belt torn'));
    await look(screen, `machine-${name}`);
    await page.getByRole('button', { name: 'Plan maintenance' }).click();
    await screen.shows(page.getByRole('dialog', { name: 'Plan maintenance' }));
    await look(screen, `maintenance-${name}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Change status' }).click();
    await screen.shows(page.getByRole('dialog', { name: 'Change status' }));
    await look(screen, `status-${name}`);

    await api.post(`/allocations/${allocation_id}/release`);
    await api.post(`/operators/${person}/status`, { status: 'available' });
  });

/**
 * @param {Screen} screen
 * @param {string} name
 */
async function look(screen, name) {
  await checkReadable(screen.page, name);
  await screen.page.screenshot({ path: `${EVIDENCE}/${name}.png` });
  // Read at once: what is measured one by one may go meanwhile.
  const low = await screen.page.evaluate(
    (least) =>
      [...document.querySelectorAll('button')]
        .filter((button) => button.checkVisibility() && button.offsetHeight > 0)
        .filter((button) => button.offsetHeight < least)
        .map((button) => `${button.innerText}: ${button.offsetHeight} px high`),
    FINGER_PX,
  );
  assert.deepEqual(low, [], name);
  const cut = await screen.page.evaluate(() =>
    [...document.querySelectorAll('[role="dialog"] :is(button, input, select)')]
      .filter((control) => {
        const own = control.getBoundingClientRect();
        const whole = control.closest('[role="dialog"]')?.getBoundingClientRect();
        return whole && (own.left < whole.left || own.right > whole.right);
      })
      .map((control) => control.outerHTML.slice(0, 80)),
  );
  assert.deepEqual(cut, [], `${name}: beyond the dialog's edge`);
}

/**
 * A person with certificates and shifts, a machine with a history and maintenance; the same again is no
 * change.
 * @param {Screen} screen
 * @param {string} person
 */
async function furnishFurther({ plant: { api } }, person) {
  const skill = (
    /** @type {string} */ code,
    /** @type {string} */ name,
    /** @type {number} */ days,
  ) =>
    api.post(`/operators/${person}/skills`, {
      skill_code: code,
      skill_name: name,
      proficiency_level: 2,
      certification_date: day(-700),
      certification_expiry: day(days),
      certified_by: 'TÜV',
    });
  await skill('FOAM', 'Foaming', 5);
  await skill('CRANE', 'Crane driving', -12);
  await skill('FIRST-AID', 'First aid', 300);
  await api.post('/holidays', {
    day: `${new Date().getUTCFullYear()}-12-25`,
    holiday_name: 'Christmas Day',
  });
  const shift = (/** @type {number} */ days) =>
    api.post(`/operators/${person}/shifts`, {
      shift_name: 'Long',
      shift_date: day(days),
      start_time: '00:00',
      end_time: '23:59',
      break_start: '11:30',
      break_end: '12:00',
    });
  for (let days = 0; days < 6; days += 1) await shift(days);
  const { items } = await api.get('/machines?limit=500');
  if (items.some((/** @type {any} */ one) => one.machine_id === 'M-60')) return;
  await addRobot(api, 'M-60', {
    product_types: ['P-1', 'P-2'],
    max_capacity_per_hour: 90,
    warranty_expiry: day(-3),
  });
  const post = (/** @type {object} */ body) => api.post('/machines/M-60/status', body);
  await post({ status: 'breakdown', reason_code: 'belt', occurred_at: minutesAgo(200) });
  await post({ status: 'idle', occurred_at: minutesAgo(130) });
  await api.post('/machines/M-60/maintenance', {
    maintenance_type: 'Lubrication',
    due_after_hours: 500,
    repeats_by_hours: true,
  });
  await api.post('/machines/M-60/maintenance', {
    maintenance_type: 'Inspection',
    due_date: day(-2),
    interval_days: 90,
  });
}
