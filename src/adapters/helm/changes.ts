import { SluiceError } from '../../domain/errors.ts';
import { readRevision } from '../../domain/helm/read-revision.ts';
import { releaseText, type HelmRevision } from '../../domain/helm/release.ts';
import type { HelmCall, HelmChange, HelmPort } from '../../ports/helm.ts';
import type { HelmRunner } from './runner.ts';
import { inWorkspace, valuesFile } from './workspace.ts';

/** The part of HelmPort that concerns releases. */
export function releaseCalls(
  helm: HelmRunner,
): Pick<HelmPort, 'render' | 'change' | 'rollback' | 'uninstall' | 'test'> {
  return {
    render: (change, call) => changed(helm, change, call, true),
    change: (change, call) => changed(helm, change, call, false),
    rollback: (at, revision, { hookSeconds, takeOver }, call) =>
      inWorkspace(async (cwd) => {
        const flags = [`--timeout=${hookSeconds}s`, ...(await conflictFlags(helm, takeOver))];
        const what = `roll back ${releaseText(at)}`;
        const positional = [at.name, String(revision)];
        await helm.run({ what, cwd, at, command: ['rollback'], flags, positional }, call);
      }),
    uninstall: (at, { hookSeconds, keepHistory }, call) =>
      inWorkspace(async (cwd) => {
        const flags = [`--timeout=${hookSeconds}s`, ...(keepHistory ? ['--keep-history'] : [])];
        const what = `uninstall ${releaseText(at)}`;
        await helm.run({ what, cwd, at, command: ['uninstall'], flags, positional: [at.name] }, call);
      }),
    test: (at, hookSeconds, call) =>
      inWorkspace(async (cwd) => {
        const flags = [`--timeout=${hookSeconds}s`, '--logs'];
        const what = `test ${releaseText(at)}`;
        const run = { what, cwd, at, command: ['test'], flags, positional: [at.name], accepted: [0, 1] };
        const { code, stdout, stderr } = await helm.run(run, call);
        return { passed: code === 0, output: `${stdout}\n${stderr}`.trim() };
      }),
  };
}

function changed(helm: HelmRunner, change: HelmChange, call: HelmCall, dryRun: boolean): Promise<HelmRevision> {
  const { at, chart, values, how } = change;
  return inWorkspace(async (cwd) => {
    const flags = [
      '--output=json',
      `--timeout=${change.hookSeconds}s`,
      ...(how === 'upgrade' ? [change.resetValues ? '--reset-values' : '--reset-then-reuse-values'] : []),
      ...(change.createNamespace ? ['--create-namespace'] : []),
      ...(change.skipCrds ? ['--skip-crds'] : []),
      ...(await conflictFlags(helm, change.takeOver)),
      ...(await valuesFile(cwd, values)),
      ...(dryRun ? ['--dry-run=server'] : []),
    ];
    const what = `${dryRun ? 'try to ' : ''}${how} ${releaseText(at)}`;
    const positional = [at.name, chart.path];
    const { stdout } = await helm.run({ what, cwd, at, command: [how], flags, positional }, call);
    return revisionOf(stdout, what);
  });
}

/** Helm 3 overwrites the fields of others without asking. */
async function conflictFlags(helm: HelmRunner, takeOver: boolean | undefined): Promise<readonly string[]> {
  const { version } = await helm.program();
  return takeOver && version.startsWith('4.') ? ['--force-conflicts'] : [];
}

/** A chart may print warnings before the JSON. */
function revisionOf(stdout: string, what: string): HelmRevision {
  const revision = readRevision(parsed(stdout.slice(Math.max(0, stdout.indexOf('{')))));
  if (revision) return revision;
  throw new SluiceError('HELM_REFUSED', `Helm did not say what came of it, when it was to ${what}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
