/**
 * The studio's build: a static site that works under any path from any file server. Threads in WebAssembly would need
 * cross-origin isolation headers, so they are not used.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { replayPage } from './scripts/lib/replayPage.mjs';

export default defineConfig({
  base: './',
  plugins: [react(), replayPage()],
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 4096, rolldownOptions: { checks: { pluginTimings: false } } },
  server: { port: 5173 },
});
