import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from '../../sandbox/index.ts';
import { objectsOf, complete } from '../../sandbox/apps/objects.ts';
import { helmProgram } from './helm-program.ts';
import { writeChart } from './helm-charts.ts';

const run = promisify(execFile);
const STEPS = [50];

/** The objects of an application of the sandbox by the names of their files, with the image as a value of a chart. */
export function applicationFiles(name: string, namespace: string, image: string): Readonly<Record<string, string>> {
  const app = complete({ name, namespace, strategy: 'canary', steps: STEPS, image });
  return Object.fromEntries(
    objectsOf(app).map(({ object }) => [
      `${object.kind}-${object.metadata.name}.yaml`,
      `${JSON.stringify({ ...object, metadata: { name: object.metadata.name } }, undefined, 2)}\n`,
    ]),
  );
}

/** A folder with the chart `shop`: the application and a ConfigMap. The value `tag` is that of the image. */
export function applicationChart(name: string, namespace: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-charts-'));
  const files = applicationFiles(name, namespace, 'shop:{{ .Values.tag }}');
  writeChart(folder, 'shop', {
    'values.yaml': 'tag: v1\ncolour: blue\n',
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`templates/${file}`, text])),
    'templates/config.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {colour: {{ .Values.colour }}}\n`,
  });
  return folder;
}

/** The program helm with the kubeconfig of a sandbox, in one namespace. Returns what it prints. */
export async function helmOn(sandbox: Sandbox, namespace: string): Promise<(...args: string[]) => Promise<string>> {
  const path = await helmProgram();
  const where = [`--kubeconfig=${sandbox.kubeconfig}`, `--kube-context=${sandbox.context}`, `--namespace=${namespace}`];
  return async (...args) => (await run(path, [...args, ...where])).stdout;
}
