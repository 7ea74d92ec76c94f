/**
 * Lint rules. The larger part keeps the house in order: who may import whom (docs/architecture.md), with messages that
 * name the right place. Formatting is Prettier's affair.
 */
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folders of `packages/core/src`, lowest first: each may import those before it. */
const coreOrder = [
  'support',
  'image',
  'protocol',
  'validation',
  'layouts',
  'replay',
  'tokenizer',
  'model',
  'kernels',
  'engine',
  'tools',
  'agent',
];

/** Layers of `src`, lowest first: a layer may import those before it. `ui` stands beside them: props in, events out. */
const studioOrder = [['modelStore', 'storage'], ['runtime'], ['state'], ['stage', 'panels'], ['app']];

const tests = ['**/*.test.ts', '**/*.test.tsx', '**/*TestSetup.ts'];

/** Forbids imports that match `regex`; several of these make one `no-restricted-imports` rule. */
const forbid = (regex, message) => ({ regex, message });
/** @returns {Record<string, ['error', object]>} */
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const noTrain = forbid(
  '^@agentiad/train|(^|/)train/src/',
  'Browser and core never import the training package: shared code belongs in packages/core.',
);
const noStudio = forbid('^(\\.\\./){3,}src/', 'The studio is an edge: code both sides need belongs in packages/core.');
const noNode = forbid('^node:', 'No Node here: the host passes bytes, clock and device in (packages/train/src/host).');
const noCorePath = forbid('(^|/)core/src/', 'Import the core by its name: @agentiad/core/<folder>/<file>.ts.');
const noIdb = forbid('^idb(/|$)', 'Only src/storage knows IndexedDB: add a function there.');
const noHost = forbid(
  '^(react|react-dom|konva|idb|sharp|webgpu|comlink)(/|$)',
  'packages/core is host-free: put this in src or packages/train.',
);

const coreBoundaries = coreOrder.map((name, level) => {
  const later = coreOrder.slice(level + 1);
  const patterns = [noTrain, noNode, noHost, noStudio];
  if (later.length > 0) {
    patterns.push(
      forbid(
        `^((\\.\\./)+|@agentiad/core/)(${later.join('|')})/`,
        `Imports in core run leftward only: ${coreOrder.join(' < ')}. Move what is shared into "${name}" or before it.`,
      ),
    );
  }
  return { files: [`packages/core/src/${name}/**/*.ts`], ignores: tests, rules: restrict(...patterns) };
});

const studioBoundaries = studioOrder.flatMap((layer, level) =>
  layer.map((name) => {
    const later = studioOrder.slice(level + 1).flat();
    const patterns = [noTrain, noNode, noCorePath];
    if (name !== 'storage') patterns.push(noIdb);
    if (later.length > 0) {
      const order = studioOrder.map((names) => names.join(', ')).join(' < ');
      patterns.push(forbid(`^(\\.\\./)+(${later.join('|')})/`, `Imports in src run leftward only: ${order}.`));
    }
    return { files: [`src/${name}/**/*.{ts,tsx}`], ignores: tests, rules: restrict(...patterns) };
  }),
);

export default defineConfig(
  globalIgnores([
    'dist/',
    '.cache/',
    'out/',
    'test-results/',
    'playwright-report/',
    'coverage/',
    'public/',
    '**/.venv/',
  ]),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['*.config.ts', '**/*.d.ts'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['scripts/**/*.mjs', '*.js', 'packages/*/bin/*.mjs'],
    extends: [tseslint.configs.recommended],
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'max-lines': ['error', 400] },
  },

  { files: ['packages/core/src/**/*.ts'], ignores: tests, rules: { 'no-console': 'error' } },
  ...coreBoundaries,
  { files: ['packages/train/src/**/*.ts'], rules: restrict(noStudio, noCorePath) },

  { files: ['src/{app,panels,stage,state,ui}/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat.recommended] },
  {
    files: ['src/*.{ts,tsx}', 'src/app/**/*.{ts,tsx}'],
    ignores: tests,
    rules: restrict(noTrain, noNode, noCorePath, noIdb),
  },
  ...studioBoundaries,
  {
    files: ['src/{app,panels,stage,ui}/**/*.tsx'],
    ignores: tests,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'JSXText[value=/[\\p{L}]{2}/u]',
          'JSXExpressionContainer > Literal[value=/[\\p{L}]{3}.* /u]',
          'JSXAttribute[name.name=/^(aria-label|aria-description|aria-valuetext|title|placeholder|alt|label|legend|description)$/] > Literal[value=/[\\p{L}]{2}/u]',
          'JSXAttribute[name.name=/^(aria-label|aria-description|aria-valuetext|title|placeholder|alt|label|legend|description)$/] > JSXExpressionContainer > TemplateLiteral > TemplateElement[value.raw=/[\\p{L}]{2}/u]',
        ].map((selector) => ({
          selector,
          message: 'Words that people see stand in the catalogues (src/i18n), in every language.',
        })),
      ],
    },
  },
  {
    files: ['src/ui/**/*.{ts,tsx}'],
    ignores: tests,
    rules: restrict(
      noTrain,
      noNode,
      noIdb,
      forbid(
        '^(\\.\\./)+(state|storage|runtime|stage|panels|app)/',
        'src/ui takes props and gives events: it knows no store, no storage and no runtime.',
      ),
    ),
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/runtime/**', ...tests],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Worker', message: 'Only src/runtime knows the worker: call its client.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'navigator', property: 'gpu', message: 'Only src/runtime knows the GPU: ask it for a device.' },
      ],
    },
  },
);
