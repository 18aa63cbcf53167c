import { execFile, type ExecFileException } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { acquireBinary } from '../../sandbox/index.ts';
import { ROOT } from '../../scripts/root.mjs';

export const CHART = join(ROOT, 'deploy/chart');
export const KUSTOMIZE = join(ROOT, 'deploy/kustomize');

/** The fields of objects that these tests read. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly Rule[];
  readonly spec?: { readonly template?: { readonly metadata?: object; readonly spec: PodSpec } };
}

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface PodSpec {
  readonly securityContext: object;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly securityContext: object;
    readonly livenessProbe: { readonly httpGet: { readonly path: string } };
    readonly readinessProbe: { readonly httpGet: { readonly path: string } };
    readonly env: readonly { readonly name: string; readonly valueFrom: { readonly secretKeyRef: SecretKey } }[];
  }[];
}

interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** What a program that renders a chart or checks rules says, on both streams. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Program = (args: readonly string[], input?: string) => Promise<Said>;

/** Renders the Kustomize base, and acts for a person with a kubeconfig. */
export async function kubectlProgram(kubeconfig = ''): Promise<Program> {
  // It keeps a cache in the home folder.
  return program((await acquireBinary('kubectl')).path, { KUBECONFIG: kubeconfig, HOME: emptyFolder('kubectl') });
}

/** Checks rules and figures as Prometheus reads them. */
export async function promtoolProgram(): Promise<Program> {
  return program((await acquireBinary('promtool')).path, {});
}

/** Helm at a path, without the settings of the user. */
export function helmAt(path: string, kubeconfig = ''): Program {
  return program(path, { KUBECONFIG: kubeconfig, HOME: emptyFolder('helm') });
}

const emptyFolder = (name: string): string => mkdtempSync(join(tmpdir(), `sluice-${name}-`));

function program(path: string, env: Readonly<Record<string, string>>): Program {
  return (args, input) =>
    new Promise((resolve) => {
      const ended = (error: ExecFileException | null, out: string, err: string) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err });
      const options = { env: { PATH: process.env['PATH'], ...env }, maxBuffer: 64 * 1024 * 1024 };
      execFile(path, [...args], options, ended).stdin?.end(input ?? '');
    });
}

/** Its answer on stdout. Throws with what it says if it fails. */
export async function outOf(run: Promise<Said>): Promise<string> {
  const { code, out, err } = await run;
  if (code !== 0) throw new Error(err || out);
  return out;
}

/** A file with values for Helm. */
export function valuesFile(values: object): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-values-')), 'values.json');
  writeFileSync(path, JSON.stringify(values));
  return path;
}

/** The least values with which the chart renders. */
export const LEAST = { publicUrl: 'https://sluice.example.com', keys: { secret: 'sluice-keys' } };

export function render(helm: Program, values: object, release = 'sluice'): Promise<Said> {
  return helm(['template', release, CHART, '--namespace', 'sluice', '--values', valuesFile(values)]);
}

/** The objects of a text with several documents, by kind and name. */
export function objectsIn(text: string): ReadonlyMap<string, Rendered> {
  const objects = parseAllDocuments(text).flatMap((document) => (document.toJS() as Rendered | null) ?? []);
  return new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}
