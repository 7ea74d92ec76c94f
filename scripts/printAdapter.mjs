/** Prints `adapter: <name>` of the WebGPU adapter Node gets, or fails. A process of its own: drivers can crash. */
import process from 'node:process';
import { create } from 'webgpu';

const adapter = await create([]).requestAdapter();
// TensorFlow.js needs 256 invocations in a workgroup.
if (!adapter || adapter.limits.maxComputeInvocationsPerWorkgroup < 256) process.exit(1);
const device = await adapter.requestDevice();
console.log(`adapter: ${adapter.info.description || adapter.info.device || adapter.info.vendor || 'unnamed'}`);
device.destroy();
process.exit(0);
