/**
 * What frames every screen: alerts in sight above the floor, people by name, and nothing out of reach
 * on a screen that is held upright.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

screenTest(plant, 'alerts lie above the floor and call people by name', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const job = { work_order_id: 'WO-7', machine_id: 'M-5', operator_id: 'O-5' };
  const { allocation_id } = await api.post('/allocations', job);
  await screen.signIn('supervisor');
  await screen.shows(screen.machine('M-5', 'Running'));
  await api.post('/operators/O-5/status', { status: 'sick' });
  await api.post('/machines/M-3/status', { status: 'breakdown' });
  await page.getByRole('button', { name: /^2 alerts/ }).click();
  const alerts = page.getByRole('dialog', { name: 'Alerts' });
  await screen.shows(alerts.getByText(/^Elif Moreau is sick/));
  // Whatever lay over one of them would take the click.
  for (const alert of await alerts.getByRole('listitem').all())
    await alert.getByRole('button').first().click({ trial: true });
  const feed = page.getByRole('complementary', { name: 'Latest changes' });
  await screen.shows(feed.getByText(/^Elif Moreau is sick/));
  await api.post('/machines/M-3/status', { status: 'idle' });
  await api.post('/operators/O-5/status', { status: 'available' });
  await api.post(`/allocations/${allocation_id}/release`);
});

for (const [name, width, height] of /** @type {const} */ ([
  ['a tablet', 768, 1024],
  ['a telephone', 390, 844],
])) {
  const upright = { viewport: { width, height }, hasTouch: true };
  screenTest(plant, `nothing is out of reach on ${name} held upright`, upright, async (screen) => {
    const { page } = screen;
    await screen.signIn('supervisor');
    for (const control of [
      page.getByRole('link', { name: 'Stock' }),
      page.getByRole('button', { name: /alerts/ }),
      screen.connection(/live/i),
      page.getByRole('button', { name: /^Account/ }),
      page.getByRole('combobox', { name: /^Search/ }),
    ]) {
      const box = await control.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= width, `${control} at ${box?.x}`);
    }
    await page.goto(`${screen.plant.url}/orders?order=WO-3`);
    await page.getByRole('button', { name: 'Allocate', exact: true }).tap();
    const dialog = await screen.dialog();
    const sides = ['Order', 'Machine', 'Person'].map((side) =>
      dialog.root.getByRole('region', { name: side }),
    );
    const boxes = await Promise.all(sides.map((side) => side.boundingBox()));
    for (const [n, box] of boxes.entries()) {
      const next = boxes[n + 1];
      const apart = box && (!next || next.x >= box.x + box.width || next.y >= box.y + box.height);
      assert.ok(apart, `${n + 1}. side lies over the next one`);
    }
    await page.keyboard.press('Escape');
    await page.goto(screen.plant.url);
    await screen.machine('M-1').tap();
    await screen.shows(page.getByRole('heading', { name: 'M-1' }));
    await page.getByRole('button', { name: 'Close details' }).tap();
    await page.getByRole('heading', { name: 'M-1' }).waitFor({ state: 'hidden' });
  });
}
