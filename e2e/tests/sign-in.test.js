/**
 * Getting in and out.
 */
import assert from 'node:assert/strict';
import { screenTest, stage } from '../harness/screen.js';

const plant = stage();

screenTest(plant, 'a wrong password is told plainly and lets nobody in', {}, async (screen) => {
  const { page } = screen;
  const { user_id } = await screen.plant.user('supervisor');
  await screen.enter({ user_id, password: 'not the password' });
  await screen.shows(page.getByRole('alert').filter({ hasText: /\w/ }));
  assert.equal(await screen.machine('M-1').count(), 0);
});

screenTest(plant, 'signed in, a reload stays in; signing out ends it', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('supervisor');
  await page.reload();
  await screen.live();
  await screen.signOut();
  await screen.shows(page.getByRole('button', { name: 'Sign in' }));
  await page.goto(`${screen.plant.url}/orders`);
  await screen.shows(page.getByRole('button', { name: 'Sign in' }));
});

screenTest(plant, 'an address inside the application survives signing in', {}, async (screen) => {
  const { page } = screen;
  await screen.signIn('viewer');
  await page.goto(`${screen.plant.url}/orders`);
  await screen.shows(page.getByText('Freezer door'));
});
