/**
 * Installs onnxruntime-node for `agentiad bench --vs ort` into this folder and nowhere else (300 MB). Its own install
 * script would fetch further binaries; the WebGPU provider is in the package already.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

execFileSync('npm', ['ci', '--ignore-scripts'], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
});
