import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { acquireBinary, type Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';

/** The release of Helm in each namespace, and the folder of its chart below `Chart.home`. */
export const RELEASE = 'wiki';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: wiki\nversion: 1.0.0\nappVersion: v1\n',
  'values.yaml': 'replicas: 1\nimage: wiki:v1\n',
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {app: {{ .Release.Name }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: app, image: {{ .Values.image }}, resources: {limits: {memory: 64Mi}}}]}
`,
  'templates/service.yaml': `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80, targetPort: 8080}]}
`,
};

/** Helm, with a home and a chart of its own. */
export interface Helm {
  readonly program: string;
  readonly charts: string;
  /** The variables for each process that runs it. */
  readonly env: NodeJS.ProcessEnv;
}

/** Builds helm if there is none. Its folder comes first on PATH. */
export async function helmFor(sandbox: Sandbox, closers: Closers, say: (line: string) => void): Promise<Helm> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-bench-helm-'));
  closers.add('charts', () => Promise.resolve(rmSync(home, { recursive: true, force: true })));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(home, RELEASE, path)), { recursive: true });
    writeFileSync(join(home, RELEASE, path), text);
  }
  const { path: program } = await acquireBinary('helm', { onProgress: say });
  const env = {
    PATH: [dirname(program), process.env['PATH']].join(delimiter),
    KUBECONFIG: sandbox.kubeconfig,
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_DATA_HOME: join(home, 'data'),
  };
  return { program, charts: home, env };
}

/** Installs the release in a namespace, and waits for its pods. */
export async function install({ program, charts, env }: Helm, namespace: string): Promise<void> {
  const args = ['install', RELEASE, join(charts, RELEASE), '--namespace', namespace, '--wait', '--timeout', '2m'];
  await promisify(execFile)(program, args, { env: { ...process.env, ...env } });
}
