import type { ReleaseSpec } from '../domain/release/plan.ts';
import type { Problem } from './parse.ts';
import { smokeProblems, smokeTests, toSmokeTests } from './smoke-tests.ts';

/** The field of release files for strategies with a moment at which a version has pods and no traffic. */
export const smokeField = {
  smoke_tests: smokeTests.optional().describe('Requests that the new version has to answer before its first traffic.'),
};

/** That field as a part of the release. */
export function toSmoke(file: object): Pick<ReleaseSpec, 'smoke'> {
  const { smoke_tests: given } = file as { readonly smoke_tests?: Parameters<typeof toSmokeTests>[0] };
  return given === undefined ? {} : { smoke: toSmokeTests(given) };
}

/** What a release file says only in several fields of it together. */
export function smokeFieldProblems(file: Readonly<Record<string, unknown>>): readonly Problem[] {
  const shape = smokeField.smoke_tests.safeParse(file['smoke_tests']);
  return shape.success ? smokeProblems(shape.data) : [];
}
