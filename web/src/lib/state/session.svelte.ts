/**
 * Who is signed in and may do what. When the session ends, what is on the screen stays behind the
 * sign-in, so that signing in again ends where one was.
 */
import { me, signIn, signOut, type User } from '$lib/api/calls';
import { onSessionEnded, useCsrfToken } from '$lib/api/client';
import { inWords } from '$lib/api/problem';
import { useTimeZone } from '$lib/words/calendar';
import { stream } from './stream.svelte';

export type Permission =
  | 'allocate'
  | 'override'
  | 'run_work'
  | 'post_status'
  | 'change_master_data'
  | 'move_stock'
  | 'read_costs';
type State = 'asking' | 'out' | 'in' | 'unreachable';

class Session {
  state: State = $state('asking');
  user: User | null = $state.raw(null);
  /** True when a session was there and is over. */
  ended = $state(false);

  constructor() {
    onSessionEnded(() => this.#end());
    stream.onSessionEnd = () => this.#end();
    stream.onHandshakeFailed = () => {
      if (this.state === 'in') void me();
    };
  }

  may(permission: Permission): boolean {
    return this.user?.permissions.includes(permission) ?? false;
  }

  /** Asks the server who we are, from the cookie that the browser holds. */
  async resume(): Promise<void> {
    const outcome = await me();
    if (outcome.ok) this.#begin(outcome.value);
    else this.state = outcome.problem.status === 401 ? 'out' : 'unreachable';
  }

  /** The reason why not, or null. */
  async signIn(user_id: string, password: string): Promise<string | null> {
    const outcome = await signIn(user_id, password);
    if (!outcome.ok) {
      const { status, retry_after_s } = outcome.problem;
      if (status === 401) return 'User name or password is wrong.';
      if (status === 429)
        return `Too many attempts. Try again in ${retry_after_s ?? 'a few'} seconds.`;
      return inWords(outcome.problem);
    }
    useCsrfToken(outcome.value.csrf_token);
    const who = await me();
    if (!who.ok) return inWords(who.problem);
    // Another person sees other things: nothing of the one before may stay.
    if (this.user && this.user.user_id !== who.value.user_id) location.reload();
    this.#begin(who.value, outcome.value.csrf_token);
    return null;
  }

  async signOut(): Promise<void> {
    stream.close();
    await signOut();
    location.assign('/');
  }

  #begin(user: User, csrf_token?: string): void {
    useCsrfToken(user.csrf_token ?? csrf_token);
    useTimeZone(user.time_zone);
    this.user = user;
    this.state = 'in';
    this.ended = false;
    stream.open();
  }

  #end(): void {
    if (this.state !== 'in') return;
    this.state = 'out';
    this.ended = true;
    stream.close();
  }
}

export const session = new Session();
