/**
 * What others do arrives by itself, and a lost connection leaves no trace.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setInterval } from 'node:timers/promises';
import { Wire } from '../harness/proxy.js';
import { screenTest, stage } from '../harness/screen.js';

/** What the screen calls each status. */
const WORDS = {
  running: 'Running',
  idle: 'Free',
  breakdown: 'Breakdown',
  maintenance: 'Maintenance',
  offline: 'Offline',
};
/** The loss lasts as long as the changes take, evenly spread over it. */
const LOST_FOR_MS = 10_000;
const CHANGES = 50;

/** Of each kind of signal so many are sent; half of them have to be seen in time. */
const SIGNALS = 6;

const plant = stage();
/** @type {Wire[]} */
const wires = [];
after(() => Promise.all(wires.map((wire) => wire.stop())));

screenTest(plant, 'a change by another client shows within a second', {}, async (screen) => {
  await screen.signIn('viewer');
  await screen.shows(screen.machine('M-3', 'Free'));
  await screen.plant.api.post('/machines/M-3/status', { status: 'breakdown' });
  await screen.shows(screen.machine('M-3', 'Breakdown'), 1_000);
  const { allocation_id } = await screen.plant.api.post('/allocations', {
    work_order_id: 'WO-7',
    machine_id: 'M-5',
    operator_id: 'O-5',
  });
  await screen.shows(screen.machine('M-5', 'Running'), 1_000);
  await screen.plant.api.post(`/allocations/${allocation_id}/release`);
  await screen.shows(screen.machine('M-5', 'Free'), 1_000);
});

screenTest(plant, 'signals are seen as soon as the specification asks', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  await screen.signIn('supervisor');
  const person = page.getByRole('button', { name: /Elif Moreau/ });
  const row = page.getByRole('row').filter({ hasText: 'WO-12' });
  /** @type {{what: string, limit_ms: number, at?: string, signal: (n: number) => Promise<any>}[]} */
  const kinds = [
    {
      what: 'status of a machine',
      limit_ms: 500,
      signal: async (n) => {
        const status = n % 2 ? 'idle' : 'maintenance';
        await api.post('/machines/M-2/status', { status });
        await screen.shows(screen.machine('M-2', WORDS[status]));
      },
    },
    {
      what: 'status of a person',
      limit_ms: 500,
      signal: async (n) => {
        const status = n % 2 ? 'available' : 'break';
        await api.post('/operators/O-5/status', { status });
        await screen.shows(person.filter({ hasText: n % 2 ? 'Free' : 'On break' }));
      },
    },
    {
      what: 'allocation',
      limit_ms: 500,
      signal: async (n) => {
        const job = { work_order_id: 'WO-7', machine_id: 'M-6', operator_id: 'O-6' };
        if (n % 2) {
          const [open] = await api.all('/allocations?machine_id=M-6&phase=running');
          await api.post(`/allocations/${open.allocation_id}/release`);
        } else await api.post('/allocations', job);
        await screen.shows(screen.machine('M-6', n % 2 ? 'Free' : 'Running'));
      },
    },
    {
      what: 'progress of an order',
      limit_ms: 1_000,
      at: '/orders',
      signal: async (n) => {
        await api.post('/work-orders/WO-12/progress', { quantity_produced: n + 1 });
        await screen.shows(row.getByText(`${n + 1} / 200`));
      },
    },
  ];
  for (const { what, limit_ms, at, signal } of kinds) {
    if (at) {
      await page.goto(`${screen.plant.url}${at}`);
      await screen.shows(row);
    }
    const delays_ms = [];
    for (let n = 0; n < SIGNALS; n += 1) {
      const sent_ms = performance.now();
      await signal(n);
      delays_ms.push(Math.round(performance.now() - sent_ms));
    }
    const half_ms = delays_ms.toSorted((a, b) => a - b)[SIGNALS / 2 - 1] ?? Infinity;
    assert.ok(half_ms < limit_ms, `${what}: ${delays_ms.join(', ')} ms`);
  }
});

screenTest(plant, 'cut off for 10 s while 50 changes happen', {}, async (screen) => {
  const { page } = screen;
  const { api } = screen.plant;
  const wire = await new Wire(screen.plant.url).start();
  wires.push(wire);
  await api.post('/machines/M-3/status', { status: 'breakdown' });
  await screen.signIn('supervisor', { url: wire.url });
  await screen.shows(screen.machine('M-3', 'Breakdown'));
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  screen.losesSocket = true;
  wire.cut();
  await screen.shows(screen.connection(/lost|reconnect|offline/i));
  let done = 0;
  for await (const _ of setInterval(LOST_FOR_MS / CHANGES)) {
    const status = ['maintenance', 'breakdown', 'idle', 'offline'][Math.floor(done / 6) % 4];
    await api.post(`/machines/M-${3 + (done % 6)}/status`, { status });
    done += 1;
    if (done === CHANGES) break;
  }
  assert.equal(await screen.machine('M-3', 'Breakdown').count(), 1, 'the old picture stays');
  wire.mend();

  await screen.shows(screen.connection(/live/i));
  const machines = await api.all('/machines');
  for (const { machine_id, current_status } of machines) {
    const word = WORDS[/** @type {keyof typeof WORDS} */ (current_status)];
    await screen.shows(screen.machine(machine_id, word));
  }
  assert.equal(await page.evaluate(() => 'sameDocument' in window), true, 'no reload');
});
