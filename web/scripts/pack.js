/**
 * Leaves a packed twin (`.br`) beside every built file that gains from it; the server sends it to
 * browsers that take it. Runs after each build.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const WORTH_IT = /\.(html|js|css|svg|json)$/;

for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  if (!WORTH_IT.test(name)) continue;
  const whole = readFileSync(DIST + name);
  const packed = brotliCompressSync(whole);
  if (packed.length < whole.length) writeFileSync(`${DIST}${name}.br`, packed);
}
