import type { Command } from '../../commands/command.ts';
import type { AnswerBody } from '../answer.ts';

const NAME = /(?<![/\w])[a-z][a-z0-9]*_[a-z_]+[a-z]\b/g;
/** The fields that contain sentences of Sluice. Other texts may be names and data. */
const SENTENCES: readonly string[] = ['next', 'reason', 'detail', 'message'];

/** Converts a text for agents to REST: the name of a tool becomes the request that calls it. */
export function restWords(text: string, catalogue: readonly Command[]): string {
  return text.replaceAll(NAME, (name) =>
    catalogue.some((known) => known.name === name) ? `POST /engine/v1/tools/${name}` : name,
  );
}

/** The body of an answer with its sentences converted to REST. */
export function inRestWords({ result, error }: AnswerBody, catalogue: readonly Command[]): AnswerBody {
  return {
    ...(result && { result: reworded(result, catalogue) as Record<string, unknown> }),
    ...(error && {
      error: { ...error, ...(reworded({ message: error.message, next: error.next }, catalogue) as typeof error) },
    }),
  };
}

function reworded(value: unknown, catalogue: readonly Command[]): unknown {
  if (Array.isArray(value)) return value.map((one) => reworded(one, catalogue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'string' && SENTENCES.includes(key) ? restWords(field, catalogue) : reworded(field, catalogue),
    ]),
  );
}
