/**
 * Builds the harness page into `.cache/e2e-harness` and serves it, with the golden folders of the core under `/golden/`,
 * until it is stopped: `node --import tsx e2e/harness/serve.ts`. It is no part of the studio's build.
 */
import path from 'node:path';
import sirv from 'sirv';
import { build, preview, type InlineConfig } from 'vite';
import { harnessPort } from './address.ts';

const root = path.resolve(import.meta.dirname, '../..');
const golden = sirv(path.join(root, 'packages/core/fixtures/golden'), { dev: true });

const config: InlineConfig = {
  root: import.meta.dirname,
  configFile: false,
  appType: 'mpa',
  logLevel: 'warn',
  publicDir: false,
  worker: { format: 'es' },
  build: {
    outDir: path.join(root, '.cache', 'e2e-harness'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  preview: { port: harnessPort, strictPort: true, host: 'localhost' },
  plugins: [
    {
      name: 'golden-folders',
      configurePreviewServer: ({ middlewares }) => void middlewares.use('/golden', golden),
    },
  ],
};

await build(config);
await preview(config);
