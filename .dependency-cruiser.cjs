// The allowed imports between folders (CONTRIBUTING.md, "Layout"), as data. `npm run check` checks every import, types
// included. A rule means: files under `path` may import, of our own folders, only what `ok` lists. Exemptions for types
// are separate rules: in one rule with the layer they would allow a type import into any folder.

const OURS = '^(src|workflows|activities|sandbox|test|bench|scripts|bin)/';
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

const [DURATION, SERVER_RECORD] = ['^src/contract/duration[.]ts$', '^src/contract/server-record[.]ts$'];
const ban = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });
const layer = (name, comment, path, ok) => ban(name, comment, { path }, { path: OURS, pathNot: ok });

const layers = [
  layer(
    'domain',
    'src/domain imports no other folder. Pass the value as an argument, or move the code to the folder that it needs.',
    '^src/domain/',
    ['^src/domain/'],
  ),
  layer(
    'contract',
    'src/contract contains schemas of domain types, and reads the part of a release file that each strategy defines. Move logic to src/domain or src/commands.',
    '^src/contract/',
    ['^src/(contract|domain)/', '^src/strategies/[^/]+[.]ts$'],
  ),
  layer(
    'ports',
    'A port uses domain types. Move the type to src/domain, or the implementation to src/adapters/<system>.',
    '^src/ports/',
    ['^src/(ports|domain)/'],
  ),
  layer(
    'planning',
    'src/planning reads external systems through ports only. Take the value as an argument, or add it to a port.',
    '^src/planning/',
    ['^src/(planning|ports|domain)/'],
  ),
  layer(
    'delivery',
    'src/delivery contains moves that several strategies share. It uses external systems through ports only. Code for one strategy belongs in its folder.',
    '^src/delivery/',
    ['^src/(delivery|ports|domain)/'],
  ),
  layer(
    'strategies',
    'A strategy is one folder, and imports no other strategy. Code that two strategies share belongs in src/delivery or src/planning.',
    '^src/strategies/([^/]+)/',
    ['^src/strategies/$1/', '^src/strategies/strategy[.]ts$', '^src/(delivery|planning|ports|contract|domain)/'],
  ),
  layer(
    'strategy-list',
    'src/strategies/index.ts lists the strategies, and strategy.ts defines their interface. Only the index names them.',
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
    'src/observability imports only config and domain. Pass other values as arguments.',
    '^src/observability/',
    ['^src/(observability|config|domain)/'],
  ),
  layer(
    'adapters',
    'An adapter uses its own system only. Shared code for the cluster is in src/adapters/kubernetes, for files and SQLite in src/adapters/local. Compose two adapters in src/entry.',
    '^src/adapters/([^/]+)/',
    ['^src/adapters/($1|kubernetes|local)/', '^src/(ports|domain|config|observability)/', SERVER_RECORD],
  ),
  layer(
    'kinds',
    'A target, a split or evidence uses its own system, and the clients of the cluster and of the MCP gateways. Code that two of them share belongs in a port or in src/domain.',
    '^src/(targets|splits|evidence)/([^/]+)/',
    [
      '^src/$1/($2/|[^/]+-kind[.]ts$)',
      '^src/(adapters/(kubernetes|server-gateways)|ports|domain|config|observability)/',
      DURATION,
    ],
  ),
  layer(
    'kind-lists',
    'Files directly in src/targets, src/splits and src/evidence list the folders and define their interface. Move other code to a folder.',
    '^src/(targets|splits|evidence)/[^/]+$',
    ['^src/$1/', '^src/adapters/kubernetes/', '^src/(ports|domain|config)/'],
  ),
  layer(
    'clusters',
    'src/clusters finds the cluster and the settings of a context. Create ports from them in src/entry.',
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
    'onboarding',
    'src/onboarding makes the files of a deployment. Reading and writing them belongs to src/ports and src/adapters/git.',
    '^src/onboarding/',
    ['^src/(onboarding|contract|domain)/'],
  ),
  layer(
    'gateway',
    'The gateway forwards messages of MCP servers. Reading the registry belongs to its port, deciding to src/domain/gateway. The bridge puts it around one command.',
    '^src/(gateway|bridge)/',
    ['^src/($1|gateway|ports|domain|observability)/'],
  ),
  layer(
    'activities',
    'An activity acts through ports. Add what is missing to src/ports and implement it in src/adapters.',
    '^activities/',
    ['^activities/', '^src/(ports|delivery|domain|config|observability)/', '^src/strategies/[^/]+[.]ts$'],
  ),
  layer(
    'workflows',
    'A workflow must replay, so it imports src/domain only and, as types, activities. Do the work in an activity.',
    '^workflows/',
    ['^(workflows|activities)/', '^src/domain/'],
  ),
  layer(
    'report',
    'src/report only draws the data that src/domain/report has built. Build it there, or read it in src/commands.',
    '^src/report/',
    ['^src/(report|contract|domain)/'],
  ),
  layer(
    'temporal',
    'src/temporal sends messages to workflows. Decide in src/commands, or in the workflow.',
    '^src/temporal/',
    ['^src/(temporal|domain|config)/', '^workflows/'],
  ),
  layer(
    'commands',
    'A command uses ports, planning and the Temporal gateway. Pass the adapter from src/entry, as a port.',
    '^src/commands/',
    ['^src/(commands|contract|temporal|ports|planning|report|domain)/'],
  ),
  layer(
    'toolsets',
    'A toolset imports itself and the code that all commands share. Move code that two toolsets need to src/commands, or to a port.',
    '^src/toolsets/([^/]+)/',
    ['^src/toolsets/$1/', '^src/(onboarding|commands|feeds|contract|temporal|ports|planning|report|domain)/'],
  ),
  layer('updates', 'src/updates acts through ports. Choose adapters in src/entry.', '^src/updates/', [
    '^src/(updates|contract|temporal|ports|domain|observability)/',
  ]),
  layer(
    'feeds',
    'A feed watches a resource for every interface. Move the code of a protocol to its interface.',
    '^src/feeds/',
    ['^src/(feeds|commands|contract|domain|observability)/'],
  ),
  layer(
    'interface-mcp',
    'An interface calls commands and renders their answers. It imports no other interface. Move code that two interfaces share to src/commands.',
    '^src/mcp/',
    ['^src/(mcp|feeds|toolsets|commands|contract|domain|config|observability)/'],
  ),
  layer(
    'interface-http',
    'An interface calls commands and renders their answers. It imports no other interface. Move code that two interfaces share to src/commands.',
    '^src/http/',
    ['^src/(http|feeds|toolsets|commands|contract|report|domain|config|observability)/'],
  ),
  layer(
    'interface-cli',
    'An interface calls commands (the CLI also the sandbox) and renders their answers. Move code that two interfaces share to src/commands.',
    '^src/cli/',
    ['^src/(cli|toolsets|commands|contract|domain|config|observability)/', '^sandbox/'],
  ),
  layer(
    'sandbox',
    'The sandbox is a separate product: it shares only settings and the cluster client. Import it from src/entry or src/cli instead.',
    '^sandbox/',
    ['^sandbox/', '^src/(config|adapters/kubernetes)/'],
  ),
];

const oneWay = [
  ban(
    'kinds-from-their-lists',
    'Only the lists name a target, a split or evidence. Take it from the index.ts of src/targets, src/splits or src/evidence.',
    { path: '^(src|activities|workflows)/', pathNot: '^src/(targets|splits|evidence)/' },
    { path: '^src/(targets|splits|evidence)/[^/]+/' },
  ),
  ban('no-circular', 'Two files import each other. Move what both need to a third file.', {}, { circular: true }),
  ban(
    'nobody-imports-test',
    'Code for tests stays in test/. Move code that the product needs out of it.',
    { pathNot: '^test/' },
    { path: '^test/' },
  ),
  ban(
    'adapters-only-from-entry',
    'Adapters, targets, splits and evidence are chosen in src/entry. Elsewhere use the port in src/ports.',
    { path: OURS, pathNot: ['^src/(entry|adapters|targets|splits|evidence|clusters)/', '^(test|bench)/', '^sandbox/'] },
    { path: '^src/(adapters|targets|splits|evidence)/' },
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
    { path: '^workflows/', pathNot: '^workflows/messages\\.ts$', dependencyTypesNot: ['type-only'] },
  ),
];

const packages = [
  ban(
    'domain-no-packages',
    'src/domain imports no packages, because it must run in a workflow, in an interface and in a test. Move the code to an adapter.',
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
    { dependencyTypes: PACKAGES, pathNot: 'node_modules/@temporalio/(workflow|common)/' },
  ),
  ban(
    'contract-packages',
    'src/contract is zod over domain types, and the search for the nearest name. Move other code to src/commands.',
    { path: '^src/contract/' },
    { dependencyTypes: PACKAGES, pathNot: 'node_modules/(zod|fastest-levenshtein)/' },
  ),
  ban(
    'temporal-client',
    '@temporalio/client is used in src/temporal and src/entry. Elsewhere use ReleaseGateway (src/temporal/gateway.ts).',
    { path: OURS, pathNot: ['^src/(temporal|entry)/', '^(test|bench|scripts)/'] },
    { path: 'node_modules/@temporalio/client/' },
  ),
  ban(
    'temporal-worker',
    '@temporalio/worker is used in src/entry. Pass what a worker needs from there.',
    { path: OURS, pathNot: ['^src/entry/', '^(test|bench|scripts)/'] },
    { path: 'node_modules/@temporalio/worker/' },
  ),
  ban(
    'no-dev-packages',
    'A user installs without devDependencies. Move the package to dependencies, or write `import type`.',
    { path: '^(src|workflows|activities|sandbox|bin)/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
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
