/**
 * `npm start [-- --port N]`: installs what is missing, builds the studio if its sources changed, serves it on this
 * machine and prints the address. Plain Node, so that a fresh clone needs nothing else.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildIfChanged } from './lib/build.mjs';
import { installMissing } from './lib/install.mjs';
import { ScriptError, start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

await start(async () => {
  const { port, base } = readArguments();
  await installMissing({ withTestPackages: false });
  await buildIfChanged();
  const { url } = await serveStudio({ port: port ?? 4173, base, tries: port === null ? 20 : 1 });
  console.log(`\nAgentIAD Studio is at ${url}\nNothing you open there leaves this machine. Ctrl-C stops the server.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
});

/** @returns {{ port: number | null, base: string }} */
function readArguments() {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' }, base: { type: 'string', default: '/' } } });
    const port = values.port === undefined ? null : Number(values.port);
    if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65536)) {
      throw new Error(`--port must be a number from 1 to 65535, not "${values.port}"`);
    }
    if (!values.base.startsWith('/') || !values.base.endsWith('/')) throw new Error('--base must begin and end with /');
    return { port, base: values.base };
  } catch (error) {
    throw new ScriptError(`${error.message}. Usage: npm start -- [--port N] [--base /path/]`);
  }
}
