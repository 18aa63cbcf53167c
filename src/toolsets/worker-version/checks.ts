import type { DoctorChecks, Finding } from '../../commands/doctor-check.ts';
import { toFailure } from '../../contract/failure.ts';
import { plural } from '../../domain/plural.ts';
import { abandoned, type WorkerBuild } from '../../domain/worker-build.ts';
import type { WorkerBuilds } from '../../temporal/builds.ts';

export const checks: DoctorChecks = { ofProcess: [async ({ gateway }) => [await buildFinding(gateway.builds)]] };

const NAME = 'builds of the worker';

/** Whether each open run has a worker that can carry it, and new ones go to a build with workers. */
async function buildFinding(builds: WorkerBuilds): Promise<Finding> {
  try {
    return judge(await builds.list());
  } catch (error) {
    return { name: NAME, state: 'skipped', detail: `known only when Temporal answers: ${toFailure(error).message}` };
  }
}

function judge(builds: readonly WorkerBuild[]): Finding {
  if (builds.length === 0) return { name: NAME, state: 'ok', detail: 'worker versioning is off' };
  const [lost] = abandoned(builds);
  if (lost)
    return {
      name: NAME,
      state: 'missing',
      detail: `${plural(lost.runs.length, 'open run')} tied to the build ${lost.build}, which has no worker: ${lost.runs[0]}`,
      next: `Start a worker with SLUICE_WORKER_BUILD=${lost.build} and its code, or move the releases: sluice worker-version move.`,
    };
  const current = builds.find(({ state }) => state === 'current');
  if (!current || current.pollers === 0)
    return {
      name: NAME,
      state: 'missing',
      detail: current
        ? `the build ${current.build} takes new releases, and has no worker`
        : 'no build takes new releases',
      next: 'Start a worker of it, or give new releases to another build: sluice worker-version activate.',
    };
  const old = builds.filter((one) => one !== current && one.runs.length > 0);
  const also = old.map(({ build, runs }) => `; ${build} still carries ${plural(runs.length, 'open run')}`).join('');
  return { name: NAME, state: 'ok', detail: `${current.build} takes new releases${also}` };
}
