import type { CommandServices } from '../../src/commands/command.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Source } from '../../src/domain/onboarding/source.ts';
import type { DeploymentState, DeploymentWrite } from '../../src/ports/deployments.ts';

/** A source with these files. */
export function aSource(texts: Readonly<Record<string, string>>, more: Partial<Source> = {}): Source {
  const files = Object.entries(texts).map(([path, text]) => ({ path, kind: 'file', size: text.length }) as const);
  return {
    url: 'https://git.example.com/team/web.git',
    ref: 'refs/heads/main',
    commit: 'c'.repeat(40),
    folder: '',
    files,
    texts,
    ...more,
  };
}

export const NODE_SERVICE = {
  'package.json': JSON.stringify({ name: 'web', scripts: { start: 'node server.js' } }),
  'package-lock.json': JSON.stringify({ name: 'web', lockfileVersion: 3, packages: { '': { name: 'web' } } }),
  'server.js': "if (request.url === '/healthz') response.end('ok');\n",
};

/** One repository with a Node.js service, and a repository of deployments in memory. */
export function createFakeDelivery(
  texts: Readonly<Record<string, string>> = NODE_SERVICE,
): CommandServices['delivery'] & { readonly writes: DeploymentWrite[] } {
  const writes: DeploymentWrite[] = [];
  let state: DeploymentState = { base: 'a'.repeat(40), branched: false, files: {} };
  return {
    writes,
    sources: {
      open: async ({ url }) => ({
        source: aSource(texts, { url }),
        objects: { store: '', tree: 'e'.repeat(40) },
        close: async () => undefined,
      }),
    },
    deployments: {
      read: async () => state,
      async write(write) {
        writes.push(write);
        const written = write.files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const]));
        const files = { ...state.files, ...Object.fromEntries(written) };
        state = { base: 'b'.repeat(40), branched: true, files, sourceTree: write.source.tree };
        return state.base;
      },
      async readFolder(name) {
        if (Object.keys(state.files).length > 0) return state.files;
        throw new SluiceError('DEPLOYMENT_NOT_FOUND', `There is no folder deployments/${name}.`);
      },
      async writeFolder(_, files) {
        const written = files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const]));
        state = { ...state, files: { ...state.files, ...Object.fromEntries(written) } };
      },
      names: async () => (Object.keys(state.files).length > 0 ? ['web'] : []),
    },
  };
}
