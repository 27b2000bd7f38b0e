/**
 * A line between browser and server that can be cut and mended, as when somebody walks out of reach
 * of the radio. The server stays; open connections die and new ones are refused meanwhile.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class Wire {
  #open = new Set();
  #cut = false;
  #server;
  url = '';

  /** @param {string} target address of the server behind it */
  constructor(target) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((near) => {
      if (this.#cut) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        this.#open.add(from);
        from?.on('error', () => to?.destroy()).on('close', () => this.#open.delete(from));
        if (from && to) from.pipe(to);
      }
    });
  }

  async start() {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const address = this.#server.address();
    if (!address || typeof address === 'string') throw new Error('the line has no port');
    this.url = `http://127.0.0.1:${address.port}`;
    return this;
  }

  cut() {
    this.#cut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend() {
    this.#cut = false;
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
