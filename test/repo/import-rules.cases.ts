/** One import. `from` ending in a slash: a file of its own in that folder. */
export interface ImportCase {
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type';
}

const value = (from: string, to: string): ImportCase => ({ from, to, kind: 'value' });
const type = (from: string, to: string): ImportCase => ({ from, to, kind: 'type' });
const breaks = (rule: string, wrong: ImportCase): ImportCase & { readonly rule: string } => ({ ...wrong, rule });

/** Deliberate violations: each must be reported under its rule. */
export const VIOLATIONS = [
  breaks('no-circular', value('src/domain/ring-a.ts', './ring-b.ts')),
  breaks('nobody-imports-test', value('src/entry/', '../../test/support/fake.ts')),
  breaks('nobody-imports-test', value('bench/', '../test/support/fake.ts')),
  breaks('adapters-only-from-entry', value('src/commands/', '../adapters/traefik/index.ts')),
  breaks('adapters-only-from-entry', type('activities/', '../src/adapters/traefik/index.ts')),
  breaks('adapters-only-from-entry', value('src/cli/', '../adapters/kubernetes/index.ts')),
  breaks('sandbox-only-from-outside', value('src/http/', '../../sandbox/index.ts')),
  breaks('sandbox-only-from-outside', type('src/adapters/traefik/', '../../../sandbox/index.ts')),
  breaks('domain', type('src/domain/release/', '../../ports/index.ts')),
  breaks('contract', type('src/contract/', '../toolsets/index.ts')),
  breaks('ports', type('src/ports/', '../contract/release.ts')),
  breaks('planning', value('src/planning/', '../config/schema.ts')),
  breaks('planning', type('src/planning/', '../adapters/traefik/index.ts')),
  breaks('config', value('src/config/', '../toolsets/index.ts')),
  breaks('observability', type('src/observability/', '../toolsets/index.ts')),
  breaks('adapters', value('src/adapters/traefik/', '../prometheus/index.ts')),
  breaks('adapters', type('src/adapters/prometheus/', '../../toolsets/index.ts')),
  breaks('adapter-registry', type('src/adapters/', '../toolsets/index.ts')),
  breaks('activities', type('activities/', '../src/toolsets/index.ts')),
  breaks('activities', type('activities/', '../workflows/messages.ts')),
  // The trap of a single rule with an exemption: a type import from a workflow straight into an adapter.
  breaks('workflows', type('workflows/', '../src/adapters/traefik/index.ts')),
  breaks('workflows', type('workflows/', '../src/ports/index.ts')),
  breaks('report', value('src/report/', '../toolsets/index.ts')),
  breaks('report', type('src/report/', '../ports/index.ts')),
  breaks('temporal', value('src/temporal/', '../toolsets/index.ts')),
  breaks('temporal', type('src/temporal/', '../../activities/index.ts')),
  breaks('commands', type('src/commands/', '../mcp/server.ts')),
  breaks('commands', type('src/commands/', '../../workflows/messages.ts')),
  breaks('commands', type('src/commands/', '../toolsets/index.ts')),
  breaks('toolsets', value('src/toolsets/argo/', '../traefik/index.ts')),
  breaks('toolsets', type('src/toolsets/argo/', '../../mcp/server.ts')),
  breaks('feeds', type('src/feeds/', '../mcp/server.ts')),
  breaks('door-mcp', value('src/mcp/', '../http/server.ts')),
  breaks('door-mcp', type('src/mcp/', '../temporal/gateway.ts')),
  breaks('door-http', value('src/http/', '../cli/program.ts')),
  breaks('door-cli', type('src/cli/', '../mcp/server.ts')),
  breaks('sandbox', type('sandbox/', '../src/domain/errors.ts')),
  breaks('sandbox', value('sandbox/', '../src/adapters/traefik/index.ts')),
  breaks('activities-as-types', value('workflows/', '../activities/index.ts')),
  breaks('workflows-as-types', value('src/temporal/', '../../workflows/release.ts')),
  breaks('domain-no-packages', value('src/domain/', 'zod')),
  breaks('domain-no-packages', type('src/domain/', '@temporalio/common')),
  breaks('no-node-builtins', value('src/domain/', 'node:crypto')),
  breaks('no-node-builtins', value('workflows/', 'fs')),
  breaks('workflow-packages', value('workflows/', '@temporalio/client')),
  breaks('workflow-packages', type('workflows/', '@temporalio/activity')),
  breaks('workflow-packages', value('workflows/', 'zod')),
  breaks('contract-packages', value('src/contract/', 'yaml')),
  breaks('temporal-client', value('src/mcp/', '@temporalio/client')),
  breaks('temporal-client', type('src/commands/', '@temporalio/client')),
  breaks('temporal-worker', value('activities/', '@temporalio/worker')),
  breaks('no-dev-packages', value('src/entry/', 'fast-check')),
  breaks('no-undeclared-packages', value('src/entry/', 'webpack')),
  breaks('no-unresolvable', value('src/entry/', 'no-such-package-anywhere')),
] as const;

/** The other half of the ring above; a ring is reported at one of its files only. */
export const RING_BACK = type('src/domain/ring-b.ts', './ring-a.ts');

/** Imports that must stay allowed. */
export const LEGAL = [
  value('src/domain/release/', '../errors.ts'),
  value('src/contract/', 'zod'),
  type('src/contract/', '../domain/errors.ts'),
  type('src/ports/', '../domain/errors.ts'),
  value('src/config/', '../contract/nearest.ts'),
  value('src/contract/', 'fastest-levenshtein'),
  value('src/planning/', '../domain/errors.ts'),
  type('src/planning/', '../ports/index.ts'),
  value('src/commands/', '../planning/preflight.ts'),
  type('src/commands/', '../ports/index.ts'),
  type('src/commands/', '../temporal/gateway.ts'),
  value('src/toolsets/argo/', '../../commands/execute.ts'),
  value('src/toolsets/', './argo/index.ts'),
  value('src/toolsets/argo/', '../../feeds/poll.ts'),
  value('src/mcp/', '../feeds/hub.ts'),
  value('activities/', '../src/planning/preflight.ts'),
  value('activities/', '@temporalio/activity'),
  value('src/adapters/traefik/', '../kubernetes/index.ts'),
  value('src/adapters/kubernetes/', '@kubernetes/client-node'),
  type('src/mcp/', '@modelcontextprotocol/sdk/types.js'),
  value('src/adapters/registry.ts', './traefik/index.ts'),
  type('workflows/', '../activities/index.ts'),
  value('workflows/', '@temporalio/workflow'),
  value('workflows/', '../src/domain/errors.ts'),
  value('src/temporal/', '../../workflows/messages.ts'),
  type('src/temporal/', '../../workflows/release.ts'),
  value('src/temporal/', '@temporalio/client'),
  value('src/cli/', '../../sandbox/index.ts'),
  value('sandbox/', '../src/adapters/kubernetes/index.ts'),
  value('sandbox/', '../src/config/schema.ts'),
  value('src/entry/', '../adapters/traefik/index.ts'),
  value('src/entry/', '../../sandbox/index.ts'),
  value('src/entry/', '@temporalio/worker'),
  value('test/e2e/', '../../sandbox/index.ts'),
  value('test/adapters/', '../../src/adapters/traefik/index.ts'),
  value('bench/', '../sandbox/index.ts'),
  value('scripts/', '../sandbox/index.ts'),
] as const;
