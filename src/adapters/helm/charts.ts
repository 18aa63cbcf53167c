import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chartKind, type ChartSource } from '../../domain/helm/chart-source.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { HelmCall, HelmPort } from '../../ports/helm.ts';
import { localPath } from './local-chart.ts';
import type { HelmRunner } from './runner.ts';
import { valuesOfFiles } from './values-files.ts';
import { inWorkspace, valuesFile } from './workspace.ts';

export interface ChartSettings {
  /** The folder of local charts. */
  readonly charts: string;
  /** Registries, as host and port, that are reached by HTTP. */
  readonly plainHttp: readonly string[];
}

/** The part of HelmPort that needs no release. */
export function chartCalls(
  helm: HelmRunner,
  settings: ChartSettings,
): Pick<HelmPort, 'withChart' | 'fileValues' | 'show' | 'template' | 'lint'> {
  return {
    fileValues: (files) => valuesOfFiles(files, settings.charts),
    withChart: (source, call, work) =>
      inWorkspace(async (cwd) => work({ path: await fetched(helm, settings, source, cwd, call) })),
    show: ({ path }, part, call) =>
      inWorkspace(async (cwd) => {
        const run = { what: `show the ${part} of the chart`, cwd, command: ['show', part], positional: [path] };
        return (await helm.run(run, call)).stdout;
      }),
    template: ({ at, chart, values }, call) =>
      inWorkspace(async (cwd) => {
        const flags = [`--namespace=${at.namespace}`, '--include-crds', ...(await valuesFile(cwd, values))];
        const run = { what: 'render the chart', cwd, command: ['template'], flags, positional: [at.name, chart.path] };
        return (await helm.run(run, call)).stdout;
      }),
    lint: ({ path }, values, call) =>
      inWorkspace(async (cwd) => {
        const flags = await valuesFile(cwd, values);
        const run = { what: 'check the chart', cwd, command: ['lint'], flags, positional: [path], accepted: [0, 1] };
        const { code, stdout, stderr } = await helm.run(run, call);
        const lines = `${stdout}\n${stderr}`.split('\n').flatMap((line) => finding(line, path));
        return { passed: code === 0, lines };
      }),
  };
}

/** `[ERROR] templates/: …`. The path of the chart is of this machine. */
function finding(line: string, path: string): readonly string[] {
  return /^\[(INFO|WARNING|ERROR)\]/.test(line) ? [line.replaceAll(path, 'the chart').trim()] : [];
}

/** The path of the chart: a local one as it is, any other one in the workspace. */
async function fetched(
  helm: HelmRunner,
  { charts, plainHttp }: ChartSettings,
  source: ChartSource,
  cwd: string,
  call: HelmCall,
): Promise<string> {
  const { chart, version, repoUrl } = source;
  if (chartKind(source) === 'local') return localPath('chart', chart, charts);
  const host = /^oci:\/\/([^/]+)/.exec(chart)?.[1];
  const flags = [
    `--destination=${cwd}`,
    ...(version === undefined ? [] : [`--version=${version}`]),
    ...(repoUrl === undefined ? [] : [`--repo=${repoUrl}`]),
    ...(host !== undefined && plainHttp.includes(host) ? ['--plain-http'] : []),
  ];
  await helm.run({ what: `fetch the chart ${chart}`, cwd, command: ['pull'], flags, positional: [chart] }, call);
  const archive = (await readdir(cwd)).find((file) => file.endsWith('.tgz'));
  if (archive !== undefined) return join(cwd, archive);
  throw new SluiceError('HELM_REFUSED', `Helm fetched no archive of the chart ${chart}.`);
}
