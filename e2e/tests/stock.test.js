/**
 * Materials: what there is, what is missing and for whom, and moving it.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

/**
 * @param {string} material_id
 * @param {object} [more]
 */
const material = (material_id, more = {}) => ({
  material_id,
  part_number: `PN-${material_id}`,
  part_name: 'Foam component A',
  unit_of_measure: 'KG',
  category: 'Foam',
  ...more,
});

screenTest(plant, 'a receipt ends the shortage that holds up an order', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/materials', material('FOAM-A', { safety_stock_level: '50' }));
  const line = { material_id: 'FOAM-A', quantity_required: '120', is_critical: true };
  await api.post('/work-orders/WO-6/bom', line);
  await screen.signIn('supervisor');
  await page.getByRole('link', { name: 'Stock' }).click();
  await page.getByRole('button', { name: /^Shortages/ }).click();
  const shortages = page.getByRole('list', { name: 'Shortages' });
  const short = shortages.getByRole('listitem').filter({ hasText: 'FOAM-A' });
  await screen.shows(short.getByText('Holds up work'));
  await screen.shows(short.getByText('120 KG'));
  await screen.shows(short.getByText('No receipt is known that covers it'));
  await screen.shows(short.getByRole('button', { name: /^WO-6/ }));

  await short.getByRole('button', { name: /^FOAM-A/ }).click();
  await page.getByRole('button', { name: 'Receive' }).click();
  const dialog = page.getByRole('dialog', { name: 'Receive FOAM-A' });
  await dialog.getByLabel('Quantity').fill('500');
  await dialog.getByLabel('Batch').fill('B-77');
  await dialog.getByLabel('Use until').fill('2031-05-01');
  await dialog.getByRole('button', { name: 'Receive' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await screen.shows(page.getByText('500').and(page.locator('.available b')));
  await screen.shows(page.getByText('batch B-77'));
  await short.waitFor({ state: 'hidden' });
  const [lot] = (await api.get('/materials/FOAM-A/lots')).items;
  assert.equal(lot.batch_number, 'B-77');
  assert.equal(Number(lot.quantity), 500);
});

screenTest(plant, 'stock is live: what another takes is seen at once', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/materials', material('SCREW-1', { unit_of_measure: 'EA', reorder_point: '40' }));
  await api.post('/materials/SCREW-1/transactions', {
    transaction_type: 'receipt',
    quantity: '60',
  });
  await screen.signIn('viewer');
  await page.goto(`${screen.plant.url}/stock?q=SCREW-1`);
  const row = page.getByRole('row').filter({ hasText: 'SCREW-1' });
  await screen.shows(row.getByText('60').first());
  await screen.shows(row.getByText('Enough'));
  await api.post('/materials/SCREW-1/transactions', { transaction_type: 'issue', quantity: '25' });
  await screen.shows(row.getByText('Order again'), 1_500);
  await screen.shows(row.getByText('35').first(), 1_500);
  await row.getByRole('button', { name: 'Open material SCREW-1' }).click();
  await page.getByRole('tab', { name: 'Movements' }).click();
  await screen.shows(page.getByText('−25 EA'));
  assert.equal(await page.getByRole('button', { name: 'Receive' }).count(), 0, 'a viewer looks');
});

screenTest(
  plant,
  'goods are set aside, handed over for a reason, given back',
  {},
  async (screen) => {
    const { page } = screen;
    const { api } = screen.plant;
    await api.post('/materials', material('DOOR-1', { unit_of_measure: 'EA' }));
    await api.post('/materials/DOOR-1/transactions', {
      transaction_type: 'receipt',
      quantity: '10',
    });
    for (const order of ['WO-8', 'WO-9'])
      await api.post(`/work-orders/${order}/bom`, {
        material_id: 'DOOR-1',
        quantity_required: '6',
      });
    await screen.signIn('supervisor');
    await page.goto(`${screen.plant.url}/stock?material=DOOR-1&part=held`);
    await page.getByRole('button', { name: 'Set aside for an order' }).click();
    let dialog = page.getByRole('dialog', { name: 'Set DOOR-1 aside' });
    await dialog.getByLabel('For order').fill('WO-8');
    await dialog.getByLabel(/^Quantity/).fill('6');
    await dialog.getByRole('button', { name: 'Set aside' }).click();
    await screen.shows(page.getByRole('button', { name: 'for WO-8' }));

    await page.getByRole('button', { name: /^Hand over/ }).click();
    dialog = page.getByRole('dialog', { name: /^Hand over/ });
    await dialog.getByLabel('To order').fill('WO-9');
    await dialog.getByLabel('Reason').fill('WO-9 goes out today');
    await dialog.getByRole('button', { name: 'Hand over' }).click();
    await screen.shows(page.getByRole('button', { name: 'for WO-9' }));

    await page.getByRole('button', { name: /^Give back/ }).click();
    dialog = page.getByRole('dialog', { name: /^Give back/ });
    await dialog.getByRole('button', { name: 'Give back' }).click();
    await screen.shows(page.getByText('Nothing is set aside.'));
    const { available_quantity } = await api.get('/materials/DOOR-1');
    assert.equal(Number(available_quantity), 10);
  },
);

screenTest(plant, 'the search finds materials by id, name and part number', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/materials', material('SEAL-1', { part_name: 'Drum gasket' }));
  await api.post('/materials', material('SEAL-2', { part_name: 'Door gasket' }));
  await screen.signIn('viewer');
  const search = page.getByRole('combobox', { name: /^Search/ });
  const hits = page.getByRole('option');
  await search.fill('gasket');
  await screen.shows(hits.filter({ hasText: 'SEAL-2' }));
  await hits.filter({ hasText: 'SEAL-1' }).click();
  await screen.shows(page.getByRole('heading', { name: 'SEAL-1' }));
  await screen.shows(page.getByText('Drum gasket · PN-SEAL-1'));

  // What is new since is found too, and by the keyboard alone.
  await api.post('/materials', material('SEAL-3', { part_name: 'Lid gasket' }));
  await page.keyboard.press('/');
  await page.keyboard.type('pn-seal-3');
  await screen.shows(hits.filter({ hasText: 'Lid gasket' }));
  await page.keyboard.press('Enter');
  await screen.shows(page.getByRole('heading', { name: 'SEAL-3' }));
  await search.fill('gasket of nothing');
  await screen.shows(page.getByText('Nothing is called “gasket of nothing”.'));
});

screenTest(plant, 'what cannot be taken is refused in words', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/materials', material('GAS-1'));
  await screen.signIn('supervisor');
  await page.goto(`${screen.plant.url}/stock?material=GAS-1`);
  await page.getByRole('button', { name: 'Issue' }).click();
  const dialog = page.getByRole('dialog', { name: 'Issue GAS-1' });
  await dialog.getByLabel('Quantity').fill('5');
  await dialog.getByRole('button', { name: 'Issue' }).click();
  await screen.shows(dialog.getByRole('alert').getByText(/GAS-1/));
});

screenTest(plant, 'costs are for those who may see them', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await api.post('/materials', material('MOTOR-1', { standard_cost: '84.5', currency: 'EUR' }));
  await screen.signIn('supervisor');
  const place = `${screen.plant.url}/stock?material=MOTOR-1&part=facts`;
  await page.goto(place);
  await screen.shows(page.getByText('first to expire'));
  assert.equal(await page.getByText('84.5').count(), 0);
  await screen.signOut();
  await screen.shows(page.getByRole('button', { name: 'Sign in' }));
  await screen.signIn('manager');
  await page.goto(place);
  await screen.shows(page.getByText(/84\.5.* EUR/));
});
