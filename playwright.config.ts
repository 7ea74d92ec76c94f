/**
 * End-to-end tests: the built studio, served as plain files under a sub-path, in a Chromium whose WebGPU is SwiftShader
 * (software: for correctness, not for speed). `npm test` says which Chromium through CHROMIUM_PATH.
 */
import { defineConfig } from '@playwright/test';
import { harnessUrl } from './e2e/harness/address.ts';
import { findChromium } from './scripts/lib/browser.mjs';

const port = 4199;
const base = '/some/folder/';
const executablePath = await findChromium();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] === 'true',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    baseURL: `http://localhost:${port}${base}`,
    viewport: { width: 1280, height: 800 },
    // Recording every action doubles the time of a test. To see into one: npx playwright test e2e/x.spec.ts --trace on
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--disable-background-networking',
        // A made-up camera, which may be used without being asked.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
    },
  },
  webServer: [
    {
      command: `node scripts/start.mjs --port ${port} --base ${base}`,
      url: `http://localhost:${port}${base}`,
      timeout: 180_000,
    },
    { command: 'node --import tsx e2e/harness/serve.ts', url: harnessUrl, timeout: 180_000 },
  ],
});
