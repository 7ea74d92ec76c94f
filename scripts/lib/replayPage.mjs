/**
 * Makes `replay.html`: the page of a self-contained replay, with script and style in it and one place for the data
 * (packages/core/src/replay/replayFile.ts). Part of every build of the studio; in development it is made when asked for.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { root } from './run.mjs';

const FILE = 'replay.html';
const MARK = '"REPLAY-DATA"';

/** @returns {import('vite').Plugin} */
export function replayPage() {
  return {
    name: 'agentiad-replay-page',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: await makeReplayPage() });
    },
    configureServer(server) {
      server.middlewares.use(`/${FILE}`, (_request, response, next) => {
        makeReplayPage().then((page) => response.setHeader('content-type', 'text/html').end(page), next);
      });
    },
  };
}

/** @returns {Promise<string>} */
export async function makeReplayPage() {
  const made = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    build: {
      write: false,
      target: 'es2022',
      cssCodeSplit: false,
      modulePreload: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      chunkSizeWarningLimit: 4096,
      rolldownOptions: {
        input: path.join(root, 'src', 'app', 'replayFile', 'main.tsx'),
        output: { codeSplitting: false },
      },
    },
  });
  const { output } = /** @type {{ output: any[] }} */ (Array.isArray(made) ? made[0] : made);
  const scripts = output.filter((file) => file.type === 'chunk');
  const styles = output.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
  if (scripts.length !== 1 || output.length !== scripts.length + styles.length) {
    throw new Error(`The replay page must be one script and styles, not ${output.map((file) => file.fileName)}.`);
  }
  return page(scripts[0].code, styles.map(({ source }) => String(source)).join('\n'));
}

/**
 * The policy allows this script and no other, and no request to anywhere.
 * @param {string} code
 * @param {string} css
 */
function page(code, css) {
  const script = `\n${code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}\n`;
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'connect-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>AgentIAD</title>
<style>
${css}
</style>
</head>
<body>
<div id="root"></div>
<script type="application/json" id="replay-data">${MARK}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
