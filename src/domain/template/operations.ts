import { isRecord } from '../cluster-objects/api-object.ts';
import { sorted } from '../cluster-objects/differences.ts';

/** One operation of a JSON patch (RFC 6902). */
export type TemplateOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** The operations that make `to` of `from`. `path`: the JSON pointer of both. Lists of another length are replaced. */
export function operations(from: unknown, to: unknown, path: string): readonly TemplateOperation[] {
  if (text(from) === text(to)) return [];
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => member(from[key], to[key], `${path}/${escaped(key)}`));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return from.flatMap((value, index) => operations(value, to[index], `${path}/${index}`));
  return [{ op: 'replace', path, value: to }];
}

function member(from: unknown, to: unknown, path: string): readonly TemplateOperation[] {
  if (to === undefined) return from === undefined ? [] : [{ op: 'remove', path }];
  return from === undefined ? [{ op: 'add', path, value: to }] : operations(from, to, path);
}

/** RFC 6901. */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const text = (value: unknown): string | undefined => JSON.stringify(sorted(value));
