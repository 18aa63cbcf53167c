import { SluiceError } from '../../src/domain/errors.ts';
import type { WorkerBuild } from '../../src/domain/worker-build.ts';
import type { WorkerBuilds } from '../../src/temporal/builds.ts';

export interface FakeBuilds extends WorkerBuilds {
  known: readonly WorkerBuild[];
}

/** Builds without Temporal. */
export function createFakeBuilds(known: readonly WorkerBuild[] = []): FakeBuilds {
  const requireKnown = (build: string): void => {
    if (!fake.known.some((one) => one.build === build))
      throw new SluiceError('BUILD_UNKNOWN', `No worker has the build ${build}.`);
  };
  const fake: FakeBuilds = {
    known,
    list: async () => fake.known,
    async setCurrent(build) {
      requireKnown(build);
      fake.known = fake.known.map((one) => ({ ...one, state: one.build === build ? 'current' : 'draining' }));
    },
    async move(id, build) {
      requireKnown(build);
      if (!fake.known.some(({ runs }) => runs.includes(id)))
        throw new SluiceError('RELEASE_NOT_FOUND', `No run of ${id} is open.`);
      fake.known = fake.known.map((one) => {
        const others = one.runs.filter((run) => run !== id);
        return { ...one, runs: one.build === build ? [...others, id] : others };
      });
    },
  };
  return fake;
}
