/**
 * Builds the application into dist/, which the binary embeds. In development, API and stream are
 * passed on to a running server: MRAOS_URL=http://127.0.0.1:PORT npm run dev.
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

const server = process.env['MRAOS_URL'] ?? 'http://127.0.0.1:8080';
const passOn = { target: server, changeOrigin: true, ws: true, headers: { origin: server } };
const proxy = { '/api': passOn, '/docs': passOn };

/**
 * The content security policy takes no style attribute, and bits-ui writes one into its templates; app.css
 * says the same for `data-contents`.
 */
const withoutStyleAttributes: Plugin = {
  name: 'without-style-attributes',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('bits-ui') || !id.endsWith('.svelte')) return null;
    return code.replaceAll('style="display: contents;"', 'data-contents');
  },
};

export default defineConfig({
  plugins: [withoutStyleAttributes, svelte()],
  resolve: { alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) } },
  // Nothing is inlined: the content security policy takes scripts, styles and fonts from self only.
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'] },
});
