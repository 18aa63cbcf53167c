import { isRecord } from '../cluster-objects/api-object.ts';

/** Stands for a value that a chart makes anew at each rendering, such as a random password. */
export const VARIES = '(differs at each rendering)';

/** What two renderings of a chart have in common. Fields that differ are VARIES. */
export function common(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.map((item, index) => common(item, b[index]));
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return Object.fromEntries(keys.map((key) => [key, common(a[key], b[key])]));
  }
  return a === b ? a : VARIES;
}

/** A rendering without the values at `varying`, which are paths as `varyingPaths` returns them. */
export function withoutVarying(value: unknown, varying: readonly string[], path = ''): unknown {
  if (varying.includes(path)) return VARIES;
  const pathTo = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item: unknown, index) => withoutVarying(item, varying, pathTo(index)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutVarying(item, varying, pathTo(key))]),
  );
}

/** Whether an object is a rendering of what `common` returned. */
export function isRenderingOf(shape: unknown, object: unknown): boolean {
  if (shape === VARIES) return true;
  if (Array.isArray(shape) && Array.isArray(object))
    return shape.length === object.length && shape.every((item, index) => isRenderingOf(item, object[index]));
  if (!isRecord(shape) || !isRecord(object)) return shape === object;
  const keys = [...new Set([...Object.keys(shape), ...Object.keys(object)])];
  return keys.every((key) => isRenderingOf(shape[key], object[key]));
}

/** The paths of fields that differ at each rendering: `data.password`. */
export function varyingPaths(shape: unknown, path = ''): readonly string[] {
  if (shape === VARIES) return [path];
  const inner: readonly (readonly [string, unknown])[] = Array.isArray(shape)
    ? shape.map((item: unknown, index) => [String(index), item] as const)
    : Object.entries(isRecord(shape) ? shape : {});
  return inner.flatMap(([key, value]) => varyingPaths(value, path === '' ? key : `${path}.${key}`));
}
