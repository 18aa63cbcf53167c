// The arrows between rooms (CONTRIBUTING.md, "Layout"), as data. `npm run check` walks every import, types included.
// A rule reads: files under `from` may import, of our own rooms, only what `ok` lists. Exemptions for types are rules
// of their own: in one rule with the layer they would let a type import into any room pass unseen.

const OURS = '^(src|workflows|activities|sandbox|test|bench|scripts|bin)/';
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

const ban = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });
const layer = (name, comment, path, ok) => ban(name, comment, { path }, { path: OURS, pathNot: ok });

const layers = [
  layer(
    'domain',
    'src/domain is below everything. Hand the value in as an argument, or move the code up into the room that it needs.',
    '^src/domain/',
    ['^src/domain/'],
  ),
  layer(
    'contract',
    'src/contract holds schemas over domain types, and asks each strategy for its part of a release file. Move logic to src/domain or src/commands.',
    '^src/contract/',
    ['^src/(contract|domain)/', '^src/strategies/[^/]+[.]ts$'],
  ),
  layer(
    'ports',
    'A port speaks in domain types. Move the type to src/domain, or the implementation to src/adapters/<system>.',
    '^src/ports/',
    ['^src/(ports|domain)/'],
  ),
  layer(
    'planning',
    'src/planning sees the world through ports. Take the value as an argument, or add it to a port.',
    '^src/planning/',
    ['^src/(planning|ports|domain)/'],
  ),
  layer(
    'delivery',
    'src/delivery holds moves that several strategies share. It sees the world through ports. What only one strategy does belongs in its folder.',
    '^src/delivery/',
    ['^src/(delivery|ports|domain)/'],
  ),
  layer(
    'strategies',
    'A strategy is one folder. It does not know the other strategies. What two strategies share belongs in src/delivery or src/planning.',
    '^src/strategies/([^/]+)/',
    ['^src/strategies/$1/', '^src/strategies/strategy[.]ts$', '^src/(delivery|planning|ports|contract|domain)/'],
  ),
  layer(
    'strategy-list',
    'src/strategies/index.ts lists the strategies and strategy.ts says what one is. Only the index names them.',
    '^src/strategies/[^/]+$',
    ['^src/(strategies|delivery|planning|ports|domain)/'],
  ),
  layer(
    'config',
    'src/config reads settings; it shares the parsing of src/contract, the names of strategies and the settings of toolsets. Turn the setting into an object in src/entry.',
    '^src/config/',
    ['^src/(config|contract|domain)/', '^src/strategies/index[.]ts$', '^src/toolsets/settings[.]ts$'],
  ),
  layer(
    'toolset-settings',
    'src/config reads the settings of toolsets before any command is loaded. Move what is more than the definition of a setting to another file of the toolset.',
    '^src/toolsets/.*settings[.]ts$',
    ['^src/toolsets/[^/]+/settings[.]ts$', '^src/contract/'],
  ),
  layer(
    'observability',
    'src/observability is used by others and uses only config and domain. Pass what it needs as an argument.',
    '^src/observability/',
    ['^src/(observability|config|domain)/'],
  ),
  layer(
    'adapters',
    'An adapter knows its own system only; what two share about the cluster is in src/adapters/kubernetes. Compose two adapters in src/entry.',
    '^src/adapters/([^/]+)/',
    ['^src/adapters/($1|kubernetes)/', '^src/(ports|domain|config|observability)/'],
  ),
  layer(
    'kinds',
    'A target or a split knows its own system and the cluster client. What two of them share goes into a port or into src/domain.',
    '^src/(targets|splits)/([^/]+)/',
    ['^src/$1/($2/|[^/]+-kind[.]ts$)', '^src/adapters/kubernetes/', '^src/(ports|domain|config|observability)/'],
  ),
  layer(
    'kind-lists',
    'src/targets and src/splits list their folders and say what one is. Move the rest to a folder.',
    '^src/(targets|splits)/[^/]+$',
    ['^src/$1/', '^src/adapters/kubernetes/', '^src/(ports|domain|config)/'],
  ),
  layer(
    'clusters',
    'src/clusters says which cluster a context leads to and which settings are its own. Make ports from them in src/entry.',
    '^src/clusters/',
    ['^src/clusters/', '^src/adapters/kubernetes/', '^src/(ports|domain|config)/'],
  ),
  layer(
    'adapter-registry',
    'A file directly in src/adapters lists the adapters and nothing else. Move it to src/entry when it needs more.',
    '^src/adapters/[^/]+$',
    ['^src/(adapters|ports|domain|config|observability)/'],
  ),
  layer(
    'activities',
    'An activity acts through ports. Add what is missing to src/ports and implement it in src/adapters.',
    '^activities/',
    ['^activities/', '^src/(ports|delivery|domain|config|observability)/', '^src/strategies/[^/]+[.]ts$'],
  ),
  layer(
    'workflows',
    'A workflow must replay: it sees src/domain and, as types, activities. Do the work in an activity.',
    '^workflows/',
    ['^(workflows|activities)/', '^src/domain/'],
  ),
  layer(
    'report',
    'src/report draws what src/domain/report has built, and nothing else. Build it there, or read it in src/commands.',
    '^src/report/',
    ['^src/(report|contract|domain)/'],
  ),
  layer(
    'temporal',
    'src/temporal carries messages to workflows. Decide in src/commands, or in the workflow.',
    '^src/temporal/',
    ['^src/(temporal|domain|config)/', '^workflows/'],
  ),
  layer(
    'commands',
    'A command uses ports, planning and the Temporal gateway. Hand the adapter in from src/entry, as a port.',
    '^src/commands/',
    ['^src/(commands|contract|temporal|ports|planning|report|domain)/'],
  ),
  layer(
    'toolsets',
    'A toolset knows itself and what all commands share. Move what two toolsets need to src/commands, or to a port.',
    '^src/toolsets/([^/]+)/',
    ['^src/toolsets/$1/', '^src/(commands|feeds|contract|temporal|ports|planning|report|domain)/'],
  ),
  layer(
    'feeds',
    'A feed watches what a resource says; every door may use it. Move protocol matters to the door.',
    '^src/feeds/',
    ['^src/(feeds|commands|contract|domain|observability)/'],
  ),
  layer(
    'door-mcp',
    'A door calls commands and renders what they answer; doors do not know each other. Move what two doors share to src/commands.',
    '^src/mcp/',
    ['^src/(mcp|feeds|toolsets|commands|contract|domain|config|observability)/'],
  ),
  layer(
    'door-http',
    'A door calls commands and renders what they answer; doors do not know each other. Move what two doors share to src/commands.',
    '^src/http/',
    ['^src/(http|feeds|toolsets|commands|contract|report|domain|config|observability)/'],
  ),
  layer(
    'door-cli',
    'A door calls commands (the CLI also the sandbox) and renders what they answer. Move what two doors share to src/commands.',
    '^src/cli/',
    ['^src/(cli|toolsets|commands|contract|domain|config|observability)/', '^sandbox/'],
  ),
  layer(
    'sandbox',
    'The sandbox is a product of its own: it shares only settings and the cluster client. Import it from src/entry or src/cli instead.',
    '^sandbox/',
    ['^sandbox/', '^src/(config|adapters/kubernetes)/'],
  ),
];

const oneWay = [
  ban(
    'kinds-from-their-lists',
    'Only the lists name a target or a split. Take it from src/targets/index.ts or src/splits/index.ts.',
    { path: '^(src|activities|workflows)/', pathNot: '^src/(targets|splits)/' },
    { path: '^src/(targets|splits)/[^/]+/' },
  ),
  ban('no-circular', 'Two files import each other. Move what both need into a third one.', {}, { circular: true }),
  ban(
    'nobody-imports-test',
    'Code for tests stays in test/. Move what the product needs out of it.',
    { pathNot: '^test/' },
    { path: '^test/' },
  ),
  ban(
    'adapters-only-from-entry',
    'Adapters, targets and splits are chosen in src/entry. Elsewhere use the port in src/ports.',
    { path: OURS, pathNot: ['^src/(entry|adapters|targets|splits|clusters)/', '^(test|bench)/', '^sandbox/'] },
    { path: '^src/(adapters|targets|splits)/' },
  ),
  ban(
    'sandbox-only-from-outside',
    'Only src/entry, src/cli, tests, bench and scripts start a sandbox. Take its addresses from the settings.',
    { path: OURS, pathNot: ['^src/(entry|cli)/', '^(sandbox|test|bench|scripts)/'] },
    { path: '^sandbox/' },
  ),
  ban(
    'activities-as-types',
    'A workflow calls activities through proxyActivities: write `import type`.',
    { path: '^workflows/' },
    { path: '^activities/', dependencyTypesNot: ['type-only'] },
  ),
  ban(
    'workflows-as-types',
    'At run time src/temporal needs workflows/messages.ts only: write `import type`, or move the name to messages.ts.',
    { path: '^src/temporal/' },
    {
      path: '^workflows/',
      pathNot: '^workflows/messages\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  ),
];

const packages = [
  ban(
    'domain-no-packages',
    'src/domain has no packages: it must run in a workflow, in a door and in a test alike. Move the code to an adapter.',
    { path: '^src/domain/' },
    { dependencyTypes: PACKAGES },
  ),
  ban(
    'no-node-builtins',
    'Workflows and src/domain run without Node. Do it in an activity, or take the value as an argument.',
    { path: '^(src/domain|workflows)/' },
    { dependencyTypes: ['core'] },
  ),
  ban(
    'workflow-packages',
    'In workflows/ only @temporalio/workflow and @temporalio/common load. Everything else belongs in an activity.',
    { path: '^workflows/' },
    {
      dependencyTypes: PACKAGES,
      pathNot: 'node_modules/@temporalio/(workflow|common)/',
    },
  ),
  ban(
    'contract-packages',
    'src/contract is zod over domain types, and the search for the nearest name. Move other code to src/commands.',
    { path: '^src/contract/' },
    {
      dependencyTypes: PACKAGES,
      pathNot: 'node_modules/(zod|fastest-levenshtein)/',
    },
  ),
  ban(
    'temporal-client',
    '@temporalio/client is used in src/temporal and src/entry. Elsewhere use ReleaseGateway (src/temporal/gateway.ts).',
    {
      path: OURS,
      pathNot: ['^src/(temporal|entry)/', '^(test|bench|scripts)/'],
    },
    { path: 'node_modules/@temporalio/client/' },
  ),
  ban(
    'temporal-worker',
    '@temporalio/worker is used in src/entry. Pass what a worker needs from there.',
    {
      path: OURS,
      pathNot: ['^src/entry/', '^(test|bench|scripts)/'],
    },
    { path: 'node_modules/@temporalio/worker/' },
  ),
  ban(
    'no-dev-packages',
    'A user installs without devDependencies. Move the package to dependencies, or write `import type`.',
    { path: '^(src|workflows|activities|sandbox|bin)/' },
    {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
    },
  ),
  ban(
    'no-undeclared-packages',
    'The package is not in package.json: add it with an exact version.',
    { path: OURS },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  ban(
    'no-unresolvable',
    'The import leads nowhere. Correct the path; our own imports end in .ts.',
    { path: OURS },
    { couldNotResolve: true },
  ),
];

module.exports = {
  forbidden: [...oneWay, ...layers, ...packages],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // `exports` of packages, read as Node reads them for an ES module.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
