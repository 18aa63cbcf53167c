import type { TemplateMetric } from '../metric-spec.ts';
import { fillArguments, unknownArguments, type ArgumentValues } from '../query-arguments.ts';
import type { Reader } from './reader.ts';

/** Placeholder for the hash of new pods that do not exist yet. It is filled in when the query is sent. */
export const LATER = '{{args.candidate_hash}}';

/**
 * The arguments of a template, where the release file's values override its own (argo-rollouts v1.10.1,
 * utils/analysis/helpers.go, MergeArgs). An argument without a value is refused.
 */
export function templateArguments(
  reader: Reader,
  declared: unknown,
  metric: TemplateMetric,
  values: ArgumentValues,
): ArgumentValues {
  const found: Record<string, string> = {};
  for (const [index, one] of reader.list(declared, 'spec.args').entries()) {
    const path = `spec.args[${index}]`;
    const argument = reader.object(one, path);
    reader.onlyKnown(argument, ['name', 'value', 'valueFrom'], path);
    const name = reader.text(argument['name'], `${path}.name`);
    if (name === undefined) continue;
    const given = Object.hasOwn(metric.args, name) ? fillArguments(metric.args[name] as string, values) : undefined;
    const value = given ?? ownValue(reader, argument, path, values);
    if (value === undefined) reader.refuse(path, `${name} has no value; give it in args of the release file`);
    else found[name] = value;
  }
  const unknown = Object.keys(metric.args).filter(
    (name) => !Object.hasOwn(found, name) && reader.problems.length === 0,
  );
  for (const name of unknown)
    reader.refuse(
      `args.${name}`,
      `the template has no such argument; it has ${Object.keys(found).join(', ') || 'none'}`,
    );
  return found;
}

function ownValue(
  reader: Reader,
  argument: Readonly<Record<string, unknown>>,
  path: string,
  values: ArgumentValues,
): string | undefined {
  // An empty text is a valid value.
  if (typeof argument['value'] === 'string') return argument['value'];
  if (argument['valueFrom'] === undefined) return undefined;
  const from = reader.object(argument['valueFrom'], `${path}.valueFrom`);
  if (from['podTemplateHashValue'] === 'Latest') return values['candidate_hash'] ?? LATER;
  if (from['podTemplateHashValue'] === 'Stable') return values['stable_hash'];
  if (from['fieldRef'] !== undefined) return field(reader, from['fieldRef'], `${path}.valueFrom.fieldRef`, values);
  return reader.refuse(
    `${path}.valueFrom`,
    `${Object.keys(from).join(', ') || 'nothing'} is not supported; podTemplateHashValue and fieldRef are`,
  );
}

function field(reader: Reader, ref: unknown, path: string, values: ArgumentValues): string | undefined {
  const name = reader.object(ref, path)['fieldPath'];
  if (name === 'metadata.name') return values['rollout'];
  if (name === 'metadata.namespace') return values['namespace'];
  return reader.refuse(
    `${path}.fieldPath`,
    `${typeof name === 'string' ? name : 'this'} is not supported; metadata.name and metadata.namespace are`,
  );
}

/**
 * Fills the arguments into every text of a metric, as Argo does. A placeholder without an argument is refused with its
 * path.
 */
export function fillMetric(reader: Reader, value: unknown, args: ArgumentValues, path: string): unknown {
  if (typeof value === 'string') {
    for (const placeholder of unknownArguments(value, Object.keys(args)))
      reader.refuse(path, `${placeholder} is not an argument of the template`);
    return fillArguments(value, args);
  }
  if (Array.isArray(value)) return value.map((one, index) => fillMetric(reader, one, args, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, fillMetric(reader, one, args, `${path}.${name}`)]),
  );
}
