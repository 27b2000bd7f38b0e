/**
 * A plant of its own for a test: the real binary in development profile with a private database, a
 * few machines, people and orders, and a client that changes things behind the browser's back.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Api } from './api.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const TARGET = process.env['CARGO_TARGET_DIR'] ?? `${ROOT}target`;
/** Another profile than development's, such as `release` for figures. */
const PROFILE = process.env['E2E_PROFILE'] ?? 'debug';
export const BINARY = `${TARGET}/${PROFILE}/mraos`;
const LISTENS = /^mraos listens on (http:\S+)$/;

export class Plant {
  /**
   * @param {string} url
   * @param {string} token an administrator's
   * @param {() => Promise<void>} stop
   */
  constructor(url, token, stop) {
    this.url = url;
    this.token = token;
    this.api = new Api(url, token);
    this.stop = stop;
  }

  /**
   * Creates a user and tells how to sign in as that.
   * @param {string} role
   * @param {object} [more] fields such as `production_lines` or `operator_id`
   */
  async user(role, more = {}) {
    const user_id = `${role}-${randomBytes(3).toString('hex')}`;
    const password = randomBytes(12).toString('base64url');
    await this.api.post('/users', { user_id, role, password, ...more });
    return { user_id, password };
  }
}

/** Starts an empty plant; `stop` ends it and removes what it wrote. */
export async function startPlant() {
  // The database refuses root and runs as `postgres` then, who must be able to enter.
  const directory = await mkdtemp('/var/tmp/mraos-e2e-');
  await chmod(directory, 0o755);
  const token = randomBytes(24).toString('hex');
  const server = spawn(BINARY, ['serve', '--data-dir', directory, '--listen', '127.0.0.1:0'], {
    env: { ...process.env, MRAOS_BOOTSTRAP_TOKEN: token, MRAOS_LOG: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  // A test run that is broken off takes its plant along.
  const abandon = () => process.exit(server.kill('SIGTERM') ? 130 : 1);
  process.once('SIGINT', abandon).once('SIGTERM', abandon);
  const stop = async () => {
    process.off('SIGINT', abandon).off('SIGTERM', abandon);
    server.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(server);
    return new Plant(url, token, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`mraos ended with ${code} while starting`)));
    if (!server.stdout) return reject(new Error('mraos has no standard output'));
    createInterface(server.stdout).on('line', (line) => {
      const address = LISTENS.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
}
