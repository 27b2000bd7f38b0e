/**
 * Readable for everybody: no serious finding of axe-core in light and dark, and pictures of both and
 * of a tablet, kept in target/e2e.
 */
import assert from 'node:assert/strict';
import { checkReadable } from '../harness/axe.js';
import { EVIDENCE, screenTest, stage } from '../harness/screen.js';
import { coloursIn } from '../harness/picture.js';

/** A page that shows nothing has a handful of colours. */
const COLOURS_AT_LEAST = 40;

const plant = stage();

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  screenTest(plant, `no serious finding in ${colorScheme}`, { colorScheme }, async (screen) => {
    const { page } = screen;
    await page.goto(screen.plant.url);
    await screen.shows(page.getByRole('button', { name: 'Sign in' }));
    await checkReadable(page, 'sign-in');
    await screen.signIn('supervisor');
    await screen.plant.api.post('/machines/M-4/status', { status: 'breakdown' });
    await screen.shows(screen.machine('M-4', 'Breakdown'));
    await checkReadable(page, 'floor');
    await page.screenshot({ path: `${EVIDENCE}/floor-${colorScheme}.png` });
    const dialog = await screen.allocateAt('M-1');
    await dialog.choose('Order', 'WO-1');
    await dialog.choose('Person', 'O-2');
    await screen.shows(dialog.reasons());
    await checkReadable(page, 'allocate');
    await page.keyboard.press('Escape');
    await page.goto(`${screen.plant.url}/orders`);
    await screen.shows(page.getByText('Freezer door'));
    await checkReadable(page, 'orders');
    await screen.plant.api.post('/machines/M-4/status', { status: 'idle' });
    assert.ok((await coloursIn(screen, `floor-${colorScheme}`)) > COLOURS_AT_LEAST);
  });
}

const tablet = { viewport: { width: 1024, height: 768 }, hasTouch: true };
screenTest(plant, 'a tablet is worked with fingers', tablet, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 1024, `the page is ${width} px wide and scrolls sideways`);
  for (const button of await page.getByRole('button').all()) {
    const box = await button.boundingBox();
    if (box) assert.ok(box.height >= 43.5, `${await button.innerText()}: ${box.height} px high`);
  }
  await screen.machine('M-1').tap();
  await page.screenshot({ path: `${EVIDENCE}/floor-tablet.png` });
  assert.ok((await coloursIn(screen, 'floor-tablet')) > COLOURS_AT_LEAST);
});
