import type { DeliveryPorts } from '../../src/commands/command.ts';
import { createSigner } from '../../src/adapters/signer/index.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Source } from '../../src/domain/onboarding/source.ts';
import { readDeployment } from '../../src/onboarding/deployment-text.ts';
import { planRendering } from '../../src/onboarding/plan.ts';
import type { DeploymentState, DeploymentsPort, DeploymentWrite, FileWrite } from '../../src/ports/deployments.ts';

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

const DEPLOYMENT = `deployment:
  name: web
  version: v1.0.0
  github_url: https://git.example.com/team/web.git
  repo_type: nodejs
container:
  image: localhost:5000/web:v1.0.0
  port: 8000
kubernetes:
  namespace: shop
`;
const IMAGE_ID = `sha256:${'1'.repeat(64)}`;
const DIGEST = `sha256:${'d'.repeat(64)}`;

interface FakeDelivery {
  readonly writes: readonly DeploymentWrite[];
  /** The tags of the images that were pushed. */
  readonly pushed: readonly string[];
}

/**
 * One repository with a Node.js service; a repository of deployments without any, whose working tree has `web`; and a
 * registry that shows what was pushed.
 */
export function createFakeDelivery(
  texts: Readonly<Record<string, string>> = NODE_SERVICE,
): DeliveryPorts & FakeDelivery {
  const [writes, pushed]: [DeploymentWrite[], string[]] = [[], []];
  return {
    writes,
    pushed,
    sources: {
      open: async ({ url }) => ({
        source: aSource(texts, { url }),
        objects: { store: '', tree: 'e'.repeat(40) },
        close: async () => undefined,
      }),
    },
    deployments: createFakeDeployments(writes),
    builder: {
      build: async () => ({ id: IMAGE_ID, builder: 'fake', log: '/builds/web.log' }),
      async push({ tags }) {
        pushed.push(...tags);
        return DIGEST;
      },
      withArchive: async (_, __, use) => use('/builds/web.tar'),
    },
    content: { examine: async () => ({ bytes: 1_000, layers: 1, files: 3, suspects: [], notSearched: 0 }) },
    signer: createSigner({ trusted: [] }),
    bridge: { read: async () => '// the bridge\n' },
    runner: { withServer: async () => ({ notRun: 'podman is not on this machine' }) },
    scanners: {
      sbom: async () => ({ notRun: 'syft is not on this machine' }),
      vulnerabilities: async () => ({ notRun: 'no scanner is on this machine' }),
    },
    registry: {
      reach: async () => undefined,
      read: async (image) => ({ hidden: false, ...(pushed.includes(image) ? { digest: DIGEST } : {}) }),
    },
  };
}

function createFakeDeployments(writes: DeploymentWrite[]): DeploymentsPort {
  let state: DeploymentState = { base: 'a'.repeat(40), branched: false, files: {} };
  let folder: Readonly<Record<string, string>> = deployedFolder();
  return {
    read: async () => state,
    async write(write) {
      writes.push(write);
      const files = withWrites(state.files, write.files);
      state = { ...state, base: 'b'.repeat(40), branched: true, files };
      if (write.source) state = { ...state, sourceTree: write.source.tree };
      return state.base;
    },
    async readFolder(name) {
      if (name === 'web') return folder;
      throw new SluiceError('DEPLOYMENT_NOT_FOUND', `There is no folder deployments/${name}.`);
    },
    writeFolder: async (_, files) => void (folder = withWrites(folder, files)),
    place: async (name) => ({ folder: `/deployments/${name}`, sourceDate: 1 }),
    readCommit: async () => ({ ...folder, ...state.files }),
    withCommit: async (name, _, use) => use({ folder: `/deployments/${name}`, sourceDate: 1 }),
    names: async () => ['web'],
  };
}

/** deployment.yaml with the files that follow from it. */
function deployedFolder(): Readonly<Record<string, string>> {
  const files = planRendering(readDeployment(DEPLOYMENT), {}).map(({ path, text }) => [path, text] as const);
  return { 'deployment.yaml': DEPLOYMENT, ...Object.fromEntries(files) };
}

function withWrites(
  before: Readonly<Record<string, string>>,
  files: readonly FileWrite[],
): Readonly<Record<string, string>> {
  const removed = files.filter(({ text }) => text === undefined).map(({ path }) => path);
  const kept = Object.entries(before).filter(([path]) => !removed.includes(path));
  const written = files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const]));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(written) };
}
