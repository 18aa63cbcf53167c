import { z } from 'zod';
import { podFields, toPodChanges } from '../../contract/pod-fields.ts';
import { smokeField, toSmoke } from '../../contract/smoke-field.ts';
import { dnsName } from '../../contract/target.ts';
import { defaultSteps, steps } from '../../contract/chosen-steps.ts';
import type { StrategyFile } from '../strategy.ts';

const fields = {
  ...podFields,
  ...smokeField,
  steps,
  traffic: z
    .strictObject({
      traefik_service: dnsName.optional().describe('Blue-green only. Default: the one over both Services.'),
    })
    .optional(),
};
const own = z.object(fields);

export const file: StrategyFile = {
  fields,
  toSpec(given, { weightStep }) {
    const { steps: chosen, traffic } = own.parse(given);
    return {
      ...toPodChanges(given),
      ...toSmoke(given),
      steps: chosen ?? defaultSteps(weightStep),
      ...(traffic?.traefik_service ? { traefikService: traffic.traefik_service } : {}),
    };
  },
};
