/** Which WebGPU adapter Node's GPU tests get: the machine's own, else the SwiftShader that comes with Chromium. */
import process from 'node:process';
import path from 'node:path';
import { run, root } from './run.mjs';
import { swiftShaderEnvironment } from './browser.mjs';

/**
 * @param {string | null} chromium
 * @returns {Promise<{ name: string, env: Record<string, string> } | null>} null: there is none
 */
export async function findAdapter(chromium) {
  const environments = [{}, chromium ? swiftShaderEnvironment(chromium) : null];
  for (const env of environments) {
    if (!env) continue;
    const { code, output } = await run(process.execPath, [path.join(root, 'scripts', 'printAdapter.mjs')], {
      env,
      capture: true,
      timeoutMs: 60_000,
    });
    const name = /^adapter: (.+)$/m.exec(output)?.[1];
    if (code === 0 && name) return { name, env };
  }
  return null;
}

/** What to do where there is none. */
export function adapterRemedy() {
  return process.platform === 'linux'
    ? 'Install libvulkan1 and a Vulkan driver, or on Debian and Ubuntu run `npm run setup:system` as root (software driver), or install a Chromium, which brings SwiftShader.'
    : 'Update the graphics driver.';
}
