import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { examine, type Diagnosis, type Subject } from '../../domain/diagnosis/examine.ts';
import { Facts, keyOf, type Answer, type Known, type Want } from '../../domain/diagnosis/facts.ts';
import { SluiceError } from '../../domain/errors.ts';
import { isAllowed } from '../access.ts';
import type { CommandContext } from '../command.ts';
import { readWant } from './read-want.ts';

/** What a diagnosis found, and what it could not look at. */
export interface Diagnosed extends Diagnosis {
  readonly notLookedAt: readonly string[];
}

/** Each round reads what the facts of the rounds before have made necessary. A way through Flux has about eight. */
const MAX_ROUNDS = 16;
const MAX_READS = 400;
const MAX_LOGS = 8;

/**
 * Reads the facts that a diagnosis asks for, until it asks for no more. What cannot be read is named, and does not
 * prevent the answer. Errors: those of discovery.
 */
export async function diagnosed(context: CommandContext, cluster: string, subject: Subject): Promise<Diagnosed> {
  const kinds = await context.ports.clusterObjects.kinds(cluster);
  const known = new Map<string, Answer>();
  for (let round = 0; ; round += 1) {
    const facts = new Facts(known, context.ports.now());
    const found = examine(subject, facts);
    const wanted = round < MAX_ROUNDS ? affordable(facts.wanted, known) : [];
    for (const want of facts.wanted.filter((one) => !wanted.includes(one))) known.set(keyOf(want), NOT_READ);
    if (wanted.length === 0 || context.signal.aborted) return { ...found, notLookedAt: gaps(known, found.cut) };
    const answers = await Promise.all(wanted.map((want) => answered(context, cluster, kinds, want)));
    wanted.forEach((want, index) => known.set(keyOf(want), answers[index] ?? NOT_READ));
  }
}

const NOT_READ: Answer = { items: [], problem: 'one diagnosis reads no more' };

function affordable(wanted: readonly Want[], known: Known): readonly Want[] {
  let logs = MAX_LOGS - [...known.keys()].filter((key) => key.startsWith('log|')).length;
  return wanted.filter(({ what }) => what !== 'log' || (logs -= 1) >= 0).slice(0, Math.max(0, MAX_READS - known.size));
}

async function answered(
  context: CommandContext,
  cluster: string,
  kinds: readonly ApiKind[],
  want: Want,
): Promise<Answer> {
  const refused = notAllowed(context, want);
  if (refused !== undefined) return { items: [], problem: refused };
  try {
    return await readWant(context.ports.clusterObjects, cluster, kinds, want);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { items: [], problem: error.code === 'FORBIDDEN' ? 'the account may not read it' : error.message };
  }
}

/** With an allow list, nothing outside of its namespaces is read. */
function notAllowed({ settings }: CommandContext, { namespace }: Want): string | undefined {
  if (settings.allowedNamespaces.length === 0) return undefined;
  if (namespace === undefined) return 'it is outside of the allowed namespaces';
  return isAllowed(namespace, settings) ? undefined : `namespace ${namespace} is not allowed`;
}

/** What could not be read, each once. */
function gaps(known: Known, cut: boolean): readonly string[] {
  const problems = [...known].flatMap(([key, { problem, partial }]) => {
    const [what = '', group, kind, namespace, rest] = key.split('|');
    if (what === 'log') return problem === NOT_READ.problem ? ['logs of further containers'] : [];
    const type = `${kind ?? ''}${group ? `.${group}` : ''}`;
    const place =
      what === 'object' ? ` ${namespace ? `${namespace}/` : ''}${rest ?? ''}` : namespace ? ` in ${namespace}` : '';
    if (partial === true) return [`${type}${place}: there are more than were read`];
    return problem === undefined ? [] : [`${type}${place}: ${problem}`];
  });
  return [...new Set(problems), ...(cut ? ['there are more objects than a diagnosis looks at'] : [])];
}
