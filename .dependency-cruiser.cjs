// Imports point one way. This table is the design: what is not in it may not be imported.

/** What each part may import of the others; every part may import itself. */
const MAY_IMPORT = {
  'src/domain/': [],
  'src/contract/': ['src/domain/'],
  'src/db/': ['src/domain/'],
  'src/providers/': ['src/domain/'],
  'src/connections/': ['src/db/', 'src/providers/', 'src/domain/'],
  'src/temporal/': ['src/db/', 'src/domain/'],
  'src/inbox/': ['src/db/', 'src/domain/', 'src/temporal/'],
  'src/api/': [
    'src/contract/',
    'src/connections/',
    'src/inbox/',
    'src/providers/',
    'src/db/',
    'src/domain/',
    'src/temporal/',
    'src/configuration.ts',
    'src/loop.ts',
    'src/process.ts',
  ],
  'src/worker/': [
    'activities/',
    'src/inbox/',
    'src/db/',
    'src/providers/',
    'src/domain/',
    'src/temporal/',
    'src/configuration.ts',
    'src/loop.ts',
    'src/process.ts',
  ],
  'src/deploy/': ['src/connections/', 'src/db/', 'src/domain/', 'src/configuration.ts', 'src/process.ts'],
  'src/sandbox/': ['src/domain/'],
  'src/local/': ['src/', 'workflows/', 'activities/'],
  'src/loop.ts': [],
  'src/process.ts': ['src/configuration.ts'],
  'src/configuration.ts': [],
  'activities/': ['src/connections/', 'src/db/', 'src/providers/', 'src/domain/'],
  'workflows/': ['src/domain/', 'activities/'],
  'dashboard/': ['src/contract/', 'src/domain/'],
  'extension/': ['src/contract/', 'src/domain/'],
};

const OURS = '^(src|workflows|activities|test|dashboard|extension)/';

// The extension's own packages are there only where it is built.
const ONLY_WHERE_BUILT = '^wxt(/|$)';

const startingWith = (paths) => paths.map((path) => `^${path.replaceAll('.', '\\.')}`);

const parts = Object.entries(MAY_IMPORT).map(([part, others]) => ({
  name: `${part.replace(/\/$/, '').replaceAll('/', '-')}-imports`,
  comment: `${part} may import ${others.join(', ') || 'nothing else of ours'}`,
  severity: 'error',
  from: { path: startingWith([part]) },
  to: { path: OURS, pathNot: startingWith([part, ...others]) },
}));

const rules = [
  {
    name: 'no-unknown-part',
    comment: 'a new part of src/ needs its line in the table',
    severity: 'error',
    from: { path: '^src/', pathNot: startingWith(Object.keys(MAY_IMPORT)) },
    to: {},
  },
  {
    name: 'workflows-activities-by-type',
    comment: 'an activity runs outside the workflow: only its types may be imported',
    severity: 'error',
    from: { path: '^workflows/' },
    to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'workflows-deterministic',
    comment: 'of packages and Node itself, a workflow uses the SDK for workflows alone',
    severity: 'error',
    from: { path: '^workflows/' },
    to: { pathNot: [OURS, '^node_modules/@temporalio/(workflow|common)/'] },
  },
  {
    name: 'domain-pure-packages',
    comment: 'rules do no input or output; these packages do none either',
    severity: 'error',
    from: { path: '^src/domain/' },
    to: {
      path: '^node_modules/',
      pathNot: '^node_modules/(zod|temporal-polyfill|libphonenumber-js|date-holidays|cpf-cnpj-validator)/',
    },
  },
  {
    name: 'domain-pure-node',
    comment: 'of Node, rules use its hashes to check signatures, and nothing else',
    severity: 'error',
    from: { path: '^src/domain/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'dashboard-light',
    comment: 'a browser gets the types of the contract and of rules, not their schemas and tables',
    severity: 'error',
    from: { path: '^dashboard/' },
    to: {
      path: '^src/',
      pathNot: '^src/(contract/stream-client|domain/(lead|sending-words))\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'extension-key-apart',
    comment: 'only the service worker talks to the server; it alone has the key',
    severity: 'error',
    from: { path: '^extension/', pathNot: '^extension/(background|server|entrypoints/background)' },
    to: {
      path: '^extension/(background/|server/server\\.ts)',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'extension-screen-apart',
    comment: 'what runs on a call screen reads it and shows a frame, and knows nothing that is kept',
    severity: 'error',
    from: { path: '^extension/(screen/|entrypoints/screen)' },
    to: { path: '^(extension/(stored|outbox|server|panel|options)|src/)', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-test',
    comment: 'the product does not know its tests',
    severity: 'error',
    from: {},
    to: { path: '^test/' },
  },
  {
    name: 'no-cycle',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-dev-package',
    comment:
      'production is installed without them; only a local start has them, and what browsers get is built before',
    severity: 'error',
    from: { pathNot: '^(src/local|dashboard|extension)/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-unlisted-package',
    comment: 'what is imported stands in package.json',
    severity: 'error',
    from: {},
    to: {
      dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
      pathNot: ONLY_WHERE_BUILT,
    },
  },
  {
    name: 'no-unresolved',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: ONLY_WHERE_BUILT },
  },
];

const SIGNATURES = '^src/domain/(signature|evolution-authentication)\\.ts$';
const signature = rules.find((rule) => rule.name === 'domain-pure-node');
signature.from.pathNot = SIGNATURES;
const hashes = {
  ...signature,
  name: 'domain-pure-signature',
  from: { path: SIGNATURES },
  to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
};

module.exports = {
  forbidden: [...parts, ...rules, hashes],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^extension/\\.wxt/' },
    // The extension's packages are its own and the product's.
    combinedDependencies: true,
    // The only one of its parsers that reads this TypeScript; it must see type-only imports to tell them apart.
    parser: 'swc',
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
