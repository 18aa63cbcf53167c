import { z } from 'zod';
import {
  diagnosisAnswer,
  diagnosisOutput,
  diagnosisText,
  type DiagnosisOutput,
} from '../../commands/diagnosis/answer.ts';
import { diagnosed } from '../../commands/diagnosis/read-facts.ts';
import { requireKindWithName } from '../../commands/diagnosis/kind-with-name.ts';
import { anyObjectName, DEFAULT_BYTES, kindName, maxBytes, objectFields } from '../../contract/cluster-object.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { isFluxKind } from '../../domain/diagnosis/kinds.ts';
import { titleOf } from '../../domain/cluster-objects/object-ref.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { fluxObjects, locatedFlux } from './read-objects.ts';

const input = z.strictObject({
  ...objectFields,
  kind: kindName
    .optional()
    .describe('Kind, as in kustomizations. Without kind and name: all of Flux in the namespace.'),
  name: anyObjectName.optional().describe('Name of the object.'),
  max_bytes: maxBytes,
});
type Asked = z.output<typeof input>;

export const fluxDiagnose: Command<typeof input, typeof diagnosisOutput> = {
  name: 'flux_diagnose',
  title: 'Find why Flux does not apply something',
  description:
    'Walks from an object of Flux over its source, artifact, dependencies and inventory to workloads, pods and events, and names the cause with the fields that prove it and the next call. If no rule fits, it says that the cause is not known.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  positional: ['kind', 'name'],
  input,
  output: diagnosisOutput,
  listed: { output: ['verdict', 'causes', 'not_looked_at'] },
  examples: [
    { title: 'Why is apps not applied?', input: { kind: 'kustomizations', namespace: 'shop', name: 'apps' } },
    { title: 'What fails in a namespace?', input: { namespace: 'shop' } },
  ],
  check(raw) {
    const asked = parse(input, raw ?? {});
    requireKindWithName(asked);
    if (asked.namespace === undefined) throw invalidInput([{ path: 'namespace', message: 'is missing' }]);
    return asked;
  },
  async run(context, { max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const { title, objects, notRead } = await subjectOf(context, cluster, asked);
    const found = await diagnosed(context, cluster, { objects });
    const answer = diagnosisAnswer(title, { ...found, notLookedAt: [...notRead, ...found.notLookedAt] }, max);
    return { ...answer, causes: answer.causes.map(asFlux) };
  },
  text: diagnosisText,
};

async function subjectOf(context: CommandContext, cluster: string, { kind, name, namespace = '' }: Asked) {
  if (kind === undefined || name === undefined) {
    const { objects, notRead } = await fluxObjects(context, { cluster, namespace });
    return { title: `Flux in namespace ${namespace}`, objects, notRead };
  }
  const object = await context.ports.clusterObjects.read(
    await locatedFlux(context, { cluster, kind, name, namespace }),
  );
  return { title: titleOf(object), objects: [object], notRead: [] };
}

/** A caller of this toolset reads objects of Flux with its tools. */
function asFlux(cause: DiagnosisOutput['causes'][number]): DiagnosisOutput['causes'][number] {
  const { kind, namespace, name } = cause.step.arguments;
  const isRead = ['k8s_get', 'k8s_describe'].includes(cause.step.tool);
  if (!isRead || typeof kind !== 'string' || !isFluxKind(kind)) return cause;
  return { ...cause, step: { tool: 'flux_get', arguments: { kind, namespace, name } } };
}
