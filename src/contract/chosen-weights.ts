import { z } from 'zod';
import type { ReleaseSpec } from '../domain/release/plan.ts';
import { defaultSteps, steps } from './chosen-steps.ts';
import { podFields, toPodChanges } from './pod-fields.ts';
import { smokeField, toSmoke } from './smoke-field.ts';
import { dnsName } from './target.ts';

/** The fields of release files for strategies whose releases choose the weights between two Services of pods. */
export const weightFields = {
  ...podFields,
  ...smokeField,
  steps,
  traffic: z
    .strictObject({
      traefik_service: dnsName.optional().describe('Not for canaries. Default: the one over both.'),
    })
    .optional(),
};
const own = z.object(weightFields);

/** Those fields as parts of the release. `weightStep`: percent, from the settings of the server. */
export function toChosenWeights(
  file: object,
  weightStep: number | undefined,
): ReturnType<typeof toPodChanges> & ReturnType<typeof toSmoke> & Pick<ReleaseSpec, 'steps' | 'traefikService'> {
  const { steps: chosen, traffic } = own.parse(file);
  return {
    ...toPodChanges(file),
    ...toSmoke(file),
    steps: chosen ?? defaultSteps(weightStep),
    ...(traffic?.traefik_service ? { traefikService: traffic.traefik_service } : {}),
  };
}
