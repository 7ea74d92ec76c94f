/** A plain static file server on this machine only, with no special headers: what any web host does. */
import { createServer } from 'node:http';
import path from 'node:path';
import { root, ScriptError } from './run.mjs';

/**
 * Serves `dist/` under `base` (`/` or `/some/path/`).
 * @param {{ port: number, base?: string, tries?: number }} options `tries`: how many ports to try, upwards
 * @returns {Promise<{ url: string, close(): void }>}
 */
export async function serveStudio({ port, base = '/', tries = 1 }) {
  const { default: sirv } = await import('sirv');
  const files = sirv(path.join(root, 'dist'), { etag: true });
  const server = createServer((request, response) => {
    const notFound = () => void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
    if (!request.url?.startsWith(base)) return notFound();
    request.url = request.url.slice(base.length - 1);
    files(request, response, notFound);
  });
  const taken = await listen(server, port, tries);
  return { url: `http://localhost:${taken}${base}`, close: () => server.close() };
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {number} tries
 * @returns {Promise<number>} the port it listens on
 */
async function listen(server, port, tries) {
  for (let candidate = port; candidate < port + tries; candidate++) {
    if (await tryListen(server, candidate)) return candidate;
  }
  const range = tries > 1 ? `Ports ${port} to ${port + tries - 1} are` : `Port ${port} is`;
  throw new ScriptError(`${range} in use. Close what uses it, or choose another with --port N.`);
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 */
function tryListen(server, port) {
  return new Promise((resolve, reject) => {
    const onError = (error) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error);
    server.once('error', onError);
    server.listen(port, 'localhost', () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}
