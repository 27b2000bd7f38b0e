/** What is done to the server's sentences before they are shown. */
import { describe, expect, it } from 'vitest';
import { called, inHours, withoutSubject } from './message';

describe('a sentence of the server', () => {
  const nameOf = (id: string) => (id === 'O-1' ? 'Ada Lindqvist' : id);

  it('tells long times in hours', () => {
    expect(inHours('free for 287 minutes more')).toBe('free for 4 h 47 more');
    expect(inHours('3 minutes late')).toBe('3 min late');
    expect(inHours('free for 0 minutes')).toBe('free for 0 minutes');
  });

  it('leaves out whom it is about where that stands beside it', () => {
    expect(withoutSubject('Operator O-1 lacks skill WELD.', 'O-1')).toBe('lacks skill WELD.');
    expect(withoutSubject('Work order WO-1 is done.', 'WO-1')).toBe('is done.');
    expect(withoutSubject('Operator O-12 lacks skill WELD.', 'O-1')).toMatch(/^Operator O-12 /);
    expect(withoutSubject('Maintenance of machine M-1 was due.', 'M-1')).toMatch(/^Maintenance/);
  });

  it('calls people by name where the reader may know it', () => {
    expect(called('Operator O-1 is sick; 1 allocation is affected.', nameOf)).toBe(
      'Ada Lindqvist is sick; 1 allocation is affected.',
    );
    expect(called("Operator O-1's certificate for WELD ends.", nameOf)).toBe(
      "Ada Lindqvist's certificate for WELD ends.",
    );
    expect(called('Machine M-1 is used by operator O-12.', nameOf)).toMatch(/operator O-12/);
  });
});
