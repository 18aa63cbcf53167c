import type { ApiObject } from '../cluster-objects/api-object.ts';
import { titleOf } from '../cluster-objects/object-ref.ts';
import { cleanText, maskSecrets } from '../safe-text.ts';
import type { Facts } from './facts.ts';

/** One kind of cause that a diagnosis can name. */
export interface Rule {
  /** In lower case with hyphens. It is the same in every answer. */
  readonly name: string;
  /** What it means, as a sentence. */
  readonly means: string;
  /** The fields that prove it. */
  readonly reads: string;
  /** What to do about it, as a sentence. */
  readonly next: string;
  /** It follows from something else. It is named as a cause only if nothing below it in the walk is one. */
  readonly consequence?: true;
}

/** A rule that recognises a text which a controller or a kubelet has written. */
export interface TextRule extends Rule {
  readonly pattern: RegExp;
}

/** Makes rules that read the same fields. */
export function textRules(reads: string) {
  return (name: string, pattern: RegExp, means: string, next: string, consequence = false): TextRule => ({
    name,
    pattern,
    means,
    reads,
    next,
    ...(consequence && { consequence }),
  });
}

/** A fact that proves a finding. */
export interface Evidence {
  /** "Pod shop/web-1". */
  readonly object: string;
  /** A path in the object, or "event <reason>", or "log <container>". */
  readonly field: string;
  readonly value: string;
}

/** A call of a tool that can be made as it is. */
export interface Step {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Finding {
  readonly rule: Rule;
  readonly object: ApiObject;
  /** One sentence, with names and figures. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly step: Step;
}

/** The rules that look at the same objects. */
export interface Family {
  readonly name: string;
  /** The kinds of objects that it looks at. */
  readonly kinds: readonly string[];
  readonly rules: readonly Rule[];
  /** Only what the facts prove. Facts that are missing become wants. */
  readonly find: (object: ApiObject, facts: Facts) => readonly Finding[];
}

const MAX_VALUE = 400;

export function evidence(object: ApiObject, field: string, value: unknown): Evidence {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return { object: titleOf(object), field, value: plain(text) };
}

export function finding(
  rule: Rule,
  object: ApiObject,
  summary: string,
  proof: Finding['evidence'],
  step: Finding['step'],
): Finding {
  return { rule, object, summary, evidence: proof, step };
}

/** A text of the cluster on one line, without control characters and credentials. */
export function plain(text: string, max = MAX_VALUE): string {
  return maskSecrets(cleanText(text.replaceAll(/\s+/g, ' ').trim(), max));
}

/** The first rule that recognises a text. */
export function recognised<R extends TextRule>(rules: readonly R[], text: string): R | undefined {
  return rules.find(({ pattern }) => pattern.test(text));
}
