import { isRecord } from '../cluster-objects/api-object.ts';

/**
 * Keys by which Kubernetes merges the lists of a pod template, by the name of the field. Source: patchMergeKey in
 * k8s.io/api core/v1, types.go (1.34). Every other list is replaced as a whole.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

const DIRECTIVE = '$patch';

/** The patch has a form that is not supported. The message names the place. */
export class PatchProblem extends Error {}

/**
 * `value` with `patch` applied, as `kubectl patch` does it by default: fields merge, `null` removes one, and entries of
 * lists that have a merge key are merged by it. `{ $patch: delete }` in such an entry removes it. Errors: PatchProblem.
 */
export function patched(value: unknown, patch: unknown, path = 'template', field = ''): unknown {
  if (Array.isArray(patch)) return patchedList(value, patch as readonly unknown[], path, field);
  if (!isRecord(patch)) return patch;
  const found: Record<string, unknown> = { ...(isRecord(value) ? value : {}) };
  for (const [key, inner] of Object.entries(patch)) {
    if (key.startsWith('$')) throw new PatchProblem(`${path}.${key} is not supported here`);
    if (inner === null) delete found[key];
    else found[key] = patched(found[key], inner, `${path}.${key}`, key);
  }
  return found;
}

function patchedList(value: unknown, patch: readonly unknown[], path: string, field: string): unknown {
  const key = MERGE_KEYS[field];
  if (key === undefined || !patch.every(isRecord)) return patch;
  let list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  patch.forEach((entry, index) => {
    const named = entry[key];
    if (named === undefined) throw new PatchProblem(`${path}[${index}] has no ${key}, by which its list is merged`);
    const at = list.findIndex((one) => isRecord(one) && one[key] === named);
    const place = `${path}[${JSON.stringify(named).replaceAll('"', '')}]`;
    if (DIRECTIVE in entry) {
      if (entry[DIRECTIVE] !== 'delete') throw new PatchProblem(`${place}.${DIRECTIVE} may be delete only`);
      if (at < 0) throw new PatchProblem(`${place} is to be removed, and there is none`);
      list = list.filter((_, other) => other !== at);
    } else if (at < 0) list = [...list, patched({}, entry, place)];
    else list = list.map((one, other) => (other === at ? patched(one, entry, place) : one));
  });
  return list;
}
