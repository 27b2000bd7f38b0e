/**
 * Where the browser is: Debian's package, or Google Chrome. Nothing is downloaded.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable'];

export function findChromium() {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of NAMES)
    for (const directory of directories) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue;
      }
    }
  throw new Error(`no ${NAMES.join(', ')} on PATH; \`make setup\` installs it on Debian`);
}
