import { z } from 'zod';
import { diagnosisAnswer, diagnosisOutput, diagnosisText } from '../../commands/diagnosis/answer.ts';
import { diagnosed } from '../../commands/diagnosis/read-facts.ts';
import { requireKindWithName } from '../../commands/diagnosis/kind-with-name.ts';
import { anyObjectName, DEFAULT_BYTES, kindName, maxBytes, objectFields } from '../../contract/cluster-object.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { titleOf } from '../../domain/cluster-objects/object-ref.ts';
import type { Subject } from '../../domain/diagnosis/examine.ts';
import type { Command } from '../../commands/command.ts';
import { isNamespace, located } from '../../commands/objects/located.ts';

const input = z.strictObject({
  ...objectFields,
  kind: kindName.optional().describe('Kind, as in pods. Without kind and name: everything in the namespace.'),
  name: anyObjectName.optional().describe('Name of the object.'),
  max_bytes: maxBytes,
});

export const k8sDiagnose: Command<typeof input, typeof diagnosisOutput> = {
  name: 'k8s_diagnose',
  title: 'Find the cause of a failure',
  description:
    'Walks from a workload, pod, Service, route, claim, autoscaler, Flux object or a whole namespace to what it needs, and names the cause with the fields that prove it and the next call. If no rule fits, it says that the cause is not known.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind', 'name'],
  input,
  output: diagnosisOutput,
  examples: [
    { title: 'Why does shop not work?', input: { kind: 'deployments', namespace: 'shop', name: 'shop' } },
    { title: 'What fails in a namespace?', input: { namespace: 'shop' } },
  ],
  check(raw) {
    const asked = parse(input, raw ?? {});
    const { kind, namespace } = asked;
    requireKindWithName(asked);
    if (kind === undefined && namespace === undefined)
      throw invalidInput([{ path: 'namespace', message: 'is missing; or give kind and name of an object' }]);
    return asked;
  },
  async run(context, { max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const { kind = 'namespaces.v1', name = asked.namespace ?? '' } = asked;
    const namespace = asked.kind === undefined ? undefined : asked.namespace;
    const at = await located(context, { ...asked, kind, name, namespace });
    const object = await context.ports.clusterObjects.read(at);
    const subject: Subject = isNamespace(at.kind) ? { namespace: object } : { object };
    return diagnosisAnswer(titleOf(object), await diagnosed(context, at.cluster, subject), max);
  },
  text: diagnosisText,
};
