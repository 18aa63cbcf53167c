import type { Service } from '../service.ts';
import { nodeHealthCheck, type Bridge } from './bridge.ts';
import { endOf, from, sourceLayers, type BaseImages, type Dockerfile } from './lines.ts';

interface Manager {
  /** Enables the manager, which the image may not have. */
  readonly enable: readonly string[];
  readonly install: string;
  readonly unlocked: string;
  readonly build: (workspace: string) => string;
  readonly prune: string;
}

const NPM: Manager = {
  enable: [],
  install: 'npm ci',
  unlocked: 'npm install',
  build: (workspace) => `npm run build${workspace === '.' ? '' : ` --workspace ${JSON.stringify(workspace)}`}`,
  prune: 'npm prune --omit=dev',
};
const MANAGERS: Readonly<Record<string, Manager>> = {
  npm: NPM,
  pnpm: {
    enable: ['RUN corepack enable pnpm'],
    install: 'pnpm install --frozen-lockfile',
    unlocked: 'pnpm install',
    build: (workspace) =>
      workspace === '.' ? 'pnpm run build' : `pnpm --filter ${JSON.stringify(`./${workspace}`)} run build`,
    prune: 'CI=true pnpm prune --prod',
  },
  yarn: {
    enable: ['RUN corepack enable yarn'],
    install: 'yarn install --immutable',
    unlocked: 'yarn install',
    build: (workspace) => (workspace === '.' ? 'yarn run build' : `yarn --cwd ${JSON.stringify(workspace)} run build`),
    prune: 'yarn workspaces focus --all --production',
  },
  'yarn classic': {
    enable: ['RUN corepack enable yarn'],
    install: 'yarn install --frozen-lockfile',
    unlocked: 'yarn install',
    build: (workspace) => (workspace === '.' ? 'yarn run build' : `yarn --cwd ${JSON.stringify(workspace)} run build`),
    prune: 'yarn install --frozen-lockfile --production --ignore-scripts',
  },
};

/** Dependencies are installed from the lock file in the first stage. The second has the program and what it needs. */
export function nodeDockerfile(service: Service, pinned: BaseImages, bridge?: Bridge): Dockerfile {
  const { languageVersion, manager, lockFile, installFiles, buildStep, port, health, start } = service;
  const image = `node:${languageVersion}-bookworm-slim`;
  const { enable, install, unlocked, build, prune } = MANAGERS[manager] ?? NPM;
  const steps = [...(buildStep ? [build(service.package)] : []), prune];
  const text = [
    from(image, 'build', pinned),
    'WORKDIR /app',
    ...enable,
    ...sourceLayers(installFiles, [lockFile === '' ? unlocked : install], steps),
    '',
    ...(bridge?.stage ?? []),
    from(image, 'run', pinned),
    'ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH',
    'WORKDIR /app',
    'COPY --from=build /app /app',
    ...(bridge?.lines ?? []),
    ...endOf(port, bridge?.start ?? start, bridge?.health ?? nodeHealthCheck(port, health)),
  ];
  return { text: `${text.join('\n')}\n`, bases: [image] };
}
