/**
 * Looks at a screenshot: a page that failed to draw has next to no colours in it.
 */
import { readFile } from 'node:fs/promises';
import { EVIDENCE } from './screen.js';

/**
 * @param {import('./screen.js').Screen} screen whose browser reads the file
 * @param {string} name
 * @returns {Promise<number>} how many different colours are in the picture
 */
export async function coloursIn(screen, name) {
  const bytes = (await readFile(`${EVIDENCE}/${name}.png`)).toString('base64');
  const page = await screen.page.context().newPage();
  try {
    return await page.evaluate(async (encoded) => {
      const picture = await createImageBitmap(
        new Blob([Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0))]),
      );
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d');
      if (!context) return 0;
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, picture.width, picture.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }, bytes);
  } finally {
    await page.close();
  }
}
