/**
 * `npm run pack:gpu-host`: the `agentiad` command as a folder for an x86-64 Linux machine with a GPU and nothing else: no
 * network, no Node, no npm. Node's own binary, Dawn, the Vulkan loader and one script. Image files cannot be decoded there
 * (sharp is not taken along); `bench`, `sft` and what else needs no image file run.
 *
 *   npm run pack:gpu-host -- [--out dist/gpu-host] [--node /path/to/node] [--ort]
 *
 * `--ort` also packs onnxruntime (after `node bench/ort/install.mjs`) as an archive of its own, unpacked over the folder.
 */
import { cp, chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { root, run, ScriptError, start } from './lib/run.mjs';

const name = 'agentiad-gpu-host';
const limitBytes = 32e6;
const train = path.join(root, 'packages/train');

const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'dist/gpu-host') },
    node: { type: 'string', default: process.execPath },
    ort: { type: 'boolean', default: false },
  },
});

await start(async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ScriptError('The folder is for x86-64 Linux and is packed on such a machine.');
  }
  const out = path.resolve(flags.out);
  const folder = path.join(out, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundle(folder);
  await addNode(folder);
  await addPackages(folder);
  await addLoader(folder);
  for (const model of ['nano', 'tower']) {
    await cp(path.join(root, 'public/models', model), path.join(folder, 'public/models', model), { recursive: true });
  }
  await writeFile(path.join(folder, 'README.txt'), readme());
  await writeFile(path.join(folder, 'run.sh'), await launcher());
  await chmod(path.join(folder, 'run.sh'), 0o755);
  await smokeTest(folder);
  const bytes = await compress(out, [name], `${name}.tar.xz`);
  if (bytes > limitBytes) throw new ScriptError(`The archive has ${bytes} bytes, more than ${limitBytes}.`);
  if (flags.ort) await packOrt(out);
});

/** One script. Places found through `import.meta.url` stay those of the source files, below the folder. */
async function bundle(folder) {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['webgpu'] },
    plugins: [placesOfSources(), withoutSharp()],
    build: {
      ssr: path.join(train, 'src/main.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'agentiad.mjs', codeSplitting: false } },
    },
  });
}

function placesOfSources() {
  return {
    name: 'places-of-sources',
    transform(code, id) {
      if (!id.startsWith(path.join(root, 'packages')) || !code.includes('import.meta.url')) return null;
      const place = JSON.stringify(`./${path.relative(root, id)}`);
      return { code: code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), map: null };
    },
  };
}

function withoutSharp() {
  const stub = '\0no-sharp';
  return {
    name: 'without-sharp',
    enforce: 'pre',
    resolveId: (id) => (id === 'sharp' ? stub : null),
    load: (id) =>
      id === stub
        ? `export default () => { throw new Error('image files cannot be read in a packed folder'); };`
        : null,
  };
}

async function addNode(folder) {
  const binary = path.join(folder, 'bin/node');
  await mkdir(path.dirname(binary), { recursive: true });
  await copyFile(flags.node, binary);
  await chmod(binary, 0o755);
  await must('strip', [binary]);
}

/** What the script loads at run time: Dawn, and the files of the wasm backend. */
async function addPackages(folder) {
  const modules = path.join(folder, 'node_modules');
  await copyFrom('webgpu', modules, ['package.json', 'index.js', 'LICENSE.md', 'dist/linux-x64/dawn.node']);
  const wasm = '@tensorflow/tfjs-backend-wasm';
  const files = await readdir(path.join(root, 'node_modules', wasm, 'dist'));
  const needed = files.filter((file) => file.endsWith('.wasm') || file === 'tf-backend-wasm.node.js');
  await copyFrom(wasm, modules, ['package.json', ...needed.map((file) => `dist/${file}`)]);
}

async function copyFrom(pack, modules, files) {
  for (const file of files) {
    const target = path.join(modules, pack, file);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(root, 'node_modules', pack, file), target);
  }
}

/** Drivers bring no loader, and a bare machine has none. */
async function addLoader(folder) {
  const places = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];
  for (const place of places) {
    const file = path.join(place, 'libvulkan.so.1');
    if (!(await stat(file).catch(() => null))) continue;
    await mkdir(path.join(folder, 'lib'), { recursive: true });
    await copyFile(file, path.join(folder, 'lib/libvulkan.so.1'));
    return;
  }
  throw new ScriptError('libvulkan.so.1 is not installed: `npm run setup:system` installs it on Debian and Ubuntu.');
}

async function launcher() {
  const { output } = await run('git', ['describe', '--always', '--dirty'], { capture: true });
  return `#!/bin/sh
# Runs the agentiad command of this folder; needs nothing from the machine but glibc, libstdc++ and a Vulkan driver.
here=$(cd "\${0%/*}" && pwd)
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export AGENTIAD_REVISION="${output.trim()}"
# Containers with NVIDIA's driver often keep its description out of the loader's sight.
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "$VK_DRIVER_FILES" ] && [ -e "$nvidia" ]; then export VK_DRIVER_FILES="$nvidia"; fi
exec "$here/bin/node" "$here/agentiad.mjs" "$@"
`;
}

function readme() {
  return `AgentIAD for a bare x86-64 Linux machine with a GPU

  ./run.sh bench                    measure the GPU and the engine (3B's shape, random weights, 10 minutes)
  ./run.sh bench --shape nano
  ./run.sh bench --vs ort           against onnxruntime: unpack ${name}-ort.tar.xz over this folder first
  ./run.sh sft --config FILE        training
  ./run.sh --help

Results are written to bench/results/. Needed on the machine: glibc 2.34 or later, libstdc++, a Vulkan driver. If no
adapter is found, set VK_DRIVER_FILES to the driver's .json file; NVIDIA's driver may also need libEGL, libGLX and
libGLdispatch (put them into lib/). Image files cannot be read here: sharp is not part of this folder.

Contains Node.js (MIT), Dawn through the npm package webgpu (BSD-3-Clause, MIT), the Vulkan loader (Apache-2.0),
TensorFlow.js (Apache-2.0) and the libraries bundled in agentiad.mjs, each under its own licence.
`;
}

/** The folder must work with nothing around it: elsewhere, without PATH, and without the repository's packages. */
async function smokeTest(folder) {
  const elsewhere = await mkdtemp(path.join(os.tmpdir(), 'gpu-host-'));
  try {
    const copy = path.join(elsewhere, name);
    await cp(folder, copy, { recursive: true });
    const env = Object.fromEntries(Object.keys(process.env).map((key) => [key, undefined]));
    for (const args of [
      ['--help'],
      ['bench', '--shape', 'nano', '--budget', '0.2', '--out', path.join(elsewhere, 'result.json')],
    ]) {
      const { code, output } = await run(path.join(copy, 'run.sh'), args, { env, capture: true });
      if (code !== 0) throw new ScriptError(`The packed folder fails at \`run.sh ${args.join(' ')}\`:\n${output}`);
    }
    console.log('the packed folder runs');
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
}

async function packOrt(out) {
  const source = path.join(root, 'bench/ort');
  const modules = path.join(source, 'node_modules');
  if (!(await stat(path.join(modules, 'onnxruntime-node')).catch(() => null))) {
    throw new ScriptError('onnxruntime is not installed: run `node bench/ort/install.mjs` first.');
  }
  const staging = await mkdtemp(path.join(os.tmpdir(), 'gpu-host-ort-'));
  try {
    const target = path.join(staging, name, 'bench/ort');
    await mkdir(target, { recursive: true });
    for (const file of (await readdir(source)).filter((one) => /\.(mjs|json)$/.test(one))) {
      await copyFile(path.join(source, file), path.join(target, file));
    }
    const platforms = path.join(modules, 'onnxruntime-node/bin');
    const own = path.join(platforms, 'napi-v6/linux/x64');
    const isOther = (file) => file.startsWith(platforms) && !own.startsWith(file) && !file.startsWith(own);
    for (const pack of await runtimePackages(modules)) {
      await cp(path.join(modules, pack), path.join(target, 'node_modules', pack), {
        recursive: true,
        filter: (file) => !isOther(file) && !file.endsWith('.map'),
      });
    }
    await compress(staging, [name], path.join(out, `${name}-ort.tar.xz`));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Packages that the peer imports, with what those import; not what only their install scripts need. */
async function runtimePackages(modules) {
  const onlyAtInstall = ['adm-zip', 'global-agent'];
  const found = new Set();
  const visit = async (pack) => {
    if (found.has(pack) || onlyAtInstall.includes(pack)) return;
    found.add(pack);
    const { dependencies = {} } = JSON.parse(await readFile(path.join(modules, pack, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) await visit(dependency);
  };
  for (const pack of ['onnxruntime-node', 'protobufjs']) await visit(pack);
  return [...found];
}

async function compress(folder, names, file) {
  const archive = path.resolve(folder, file);
  await must('tar', ['-C', folder, '--owner=0', '--group=0', '-cf', archive, '-I', 'xz -9 -T1', ...names]);
  const { size } = await stat(archive);
  console.log(`${archive}: ${(size / 1e6).toFixed(1)} MB`);
  return size;
}

async function must(command, args) {
  const { code, output } = await run(command, args, { capture: true });
  if (code !== 0) throw new ScriptError(`${command} failed (${code}): ${output}`);
}
