import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideContainerImage } from '../../../src/targets/argo-rollout/set-image.ts';

const NAMES = ['app', 'logs', 'proxy', 'migrate'] as const;
const IMAGES = ['a:1', 'a:2', 'a:3'];
/** What the decision says it does. It never waits. */
const doneOf = (decided: ReturnType<typeof decideContainerImage>) => ('done' in decided ? decided.done : {});
const container = (name: string, index: number, image: string) => ({ name, image, at: `containers/${index}` });

const given = fc.record({
  present: fc.tuple(...NAMES.map(() => fc.constantFrom(...IMAGES))),
  changes: fc
    .subarray([...NAMES], { minLength: 1 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.record({ container: fc.constant(name), from: fc.constant('a:1'), to: fc.constant('a:2') }),
        ),
      ),
    ),
});

test('all images change or none, only over the expected ones, and a repetition changes nothing', () => {
  fc.assert(
    fc.property(given, ({ present, changes }) => {
      const containers = NAMES.map((name, index) => container(name, index, present[index] as string));
      const [first, ...further] = changes as { container: string; from: string; to: string }[];
      if (!first) return;
      const imageOf = (name: string) => containers.find((one) => one.name === name)?.image;
      const decided = decideContainerImage('web', containers, { ...first, further });
      const foreign = changes.some((change) => imageOf(change.container) === 'a:3');
      expect('refused' in doneOf(decided)).toBe(foreign);

      const patch = 'patch' in decided ? (decided.patch ?? []) : [];
      const written = patch.filter(({ op }) => op === 'replace').map(({ path }) => path);
      const due = changes.filter((change) => imageOf(change.container) === 'a:1');
      expect(written).toEqual(
        foreign
          ? []
          : due.map((change) => `/spec/template/spec/containers/${NAMES.indexOf(change.container as 'app')}/image`),
      );
      // Each image is tested in the same patch.
      expect(patch.filter(({ op, path }) => op === 'test' && path.endsWith('/image'))).toHaveLength(written.length);

      if (foreign) return;
      const after = containers.map((one) =>
        changes.some((change) => change.container === one.name) ? { ...one, image: 'a:2' } : one,
      );
      expect(doneOf(decideContainerImage('web', after, { ...first, further }))).toMatchObject({ changed: false });
    }),
  );
});
