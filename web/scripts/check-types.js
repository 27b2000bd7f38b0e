/**
 * Fails when src/lib/api/schema.d.ts is not what docs/openapi.json gives. It never writes the file:
 * `npm run types` does.
 */
import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const document = new URL('../../docs/openapi.json', import.meta.url);
const written = new URL('../src/lib/api/schema.d.ts', import.meta.url);

const fresh = COMMENT_HEADER + astToString(await openapiTS(document));
if (fresh !== (await readFile(written, 'utf8'))) {
  console.error('src/lib/api/schema.d.ts is older than docs/openapi.json: run `npm run types`');
  process.exit(1);
}
