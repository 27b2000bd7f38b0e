/** What the follower must hold: nothing missed, nothing doubled, nothing taken from another epoch. */
import { describe, expect, it } from 'vitest';
import { Follower, type Step } from './follower';
import type { EventFrame, ServerFrame } from './frames';

const subscribed = (position: number, epoch = 'e1'): ServerFrame => ({
  type: 'subscribed',
  id: '1',
  position,
  epoch,
});
const event = (position: number, previous_position: number): EventFrame => ({
  type: 'event',
  id: '1',
  position,
  previous_position,
  events: [],
});
const part = (position: number, n: number, last: boolean): ServerFrame => ({
  type: 'snapshot',
  id: '1',
  position,
  part: n,
  last,
  items: [{ entity_type: 'machine', entity_id: `M-${n}`, data: {} }],
});
const heartbeat = (position: number): ServerFrame => ({
  type: 'heartbeat',
  position,
  server_time: '2026-01-01T00:00:00Z',
});

function following(): Follower {
  const follower = new Follower();
  for (const frame of [subscribed(10), part(10, 1, true)]) follower.take(frame);
  return follower;
}

describe('a follower', () => {
  it('begins with a snapshot and shows it whole', () => {
    const follower = new Follower();
    expect(follower.start).toBe('snapshot');
    follower.take(subscribed(10));
    expect(follower.take(part(10, 1, false))).toEqual({ do: 'nothing' });
    const step = follower.take(part(10, 2, true)) as Extract<Step, { do: 'replace' }>;
    expect(step.do).toBe('replace');
    expect(step.items.map((item) => item.entity_id)).toEqual(['M-1', 'M-2']);
    expect(follower.start).toEqual({ position: 10, epoch: 'e1' });
  });

  it('applies what follows without a gap, filtered or not', () => {
    const follower = following();
    expect(follower.take(event(11, 10)).do).toBe('apply');
    expect(follower.take(event(15, 11)).do).toBe('apply');
    expect(follower.position).toBe(15);
  });

  it('takes no event twice', () => {
    const follower = following();
    follower.take(event(11, 10));
    expect(follower.take(event(11, 10)).do).toBe('nothing');
    expect(follower.take(event(9, 8)).do).toBe('nothing');
    expect(follower.position).toBe(11);
  });

  it('subscribes again from its own position when something is missing', () => {
    const follower = following();
    expect(follower.take(event(14, 12)).do).toBe('subscribe');
    expect(follower.start).toEqual({ position: 10, epoch: 'e1' });
    // Frames still on their way for the old subscription change nothing.
    expect(follower.take(event(15, 14)).do).toBe('nothing');
    follower.take(subscribed(10));
    expect(follower.take(event(11, 10)).do).toBe('apply');
  });

  it('counts a heartbeat as received', () => {
    const follower = following();
    follower.take(heartbeat(20));
    expect(follower.take(event(21, 20)).do).toBe('apply');
    expect(follower.take(event(25, 21)).do).toBe('apply');
  });

  it('does not let a heartbeat skip what a resumed subscription still owes', () => {
    const follower = following();
    follower.reconnect();
    follower.take(heartbeat(99));
    expect(follower.start).toEqual({ position: 10, epoch: 'e1' });
    follower.take(subscribed(10));
    expect(follower.take(event(11, 10)).do).toBe('apply');
  });

  it('begins anew when told to, and when the epoch is another one', () => {
    const told = following();
    expect(told.take({ type: 'resync', id: '1', reason: 'epoch_changed' }).do).toBe('subscribe');
    expect(told.start).toBe('snapshot');

    const noticed = following();
    noticed.reconnect();
    expect(noticed.take(subscribed(3, 'e2')).do).toBe('subscribe');
    expect(noticed.start).toBe('snapshot');
  });

  it('throws away half a snapshot when the connection breaks', () => {
    const follower = new Follower();
    follower.take(subscribed(10));
    follower.take(part(10, 1, false));
    follower.reconnect();
    expect(follower.take(part(10, 2, true)).do).toBe('nothing');
    expect(follower.start).toBe('snapshot');
  });
});
