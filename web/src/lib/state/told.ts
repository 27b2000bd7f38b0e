/**
 * A word about how a change went, with the way back where there is one.
 */
import { toast } from 'svelte-sonner';
import { inWords, type Outcome, type Problem } from '$lib/api/problem';

interface Way {
  done: string;
  about?: string;
  /** Takes the change back. */
  undo?: () => Promise<Problem | null>;
}

/** Says that a change is made. What refused it is left to whoever asked: it belongs beside the form. */
export function tell<T>(outcome: Outcome<T>, { done, about, undo }: Way): Problem | null {
  if (!outcome.ok) return outcome.problem;
  toast.success(done, {
    ...(about ? { description: about } : {}),
    ...(undo ? { action: { label: 'Undo', onClick: () => void goBack(undo) } } : {}),
  });
  return null;
}

async function goBack(undo: () => Promise<Problem | null>): Promise<void> {
  const problem = await undo();
  if (problem) toast.error('It was not taken back', { description: inWords(problem) });
}
