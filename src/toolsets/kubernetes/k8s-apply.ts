import { z } from 'zod';
import { placeFields, takeOver } from '../../contract/place.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { manifestDrafts } from '../../commands/objects/manifest-drafts.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { objectsIn } from '../../commands/objects/yaml-text.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({
  cluster: placeFields.cluster,
  manifest: z.string().min(1).max(1_000_000).describe('YAML or JSON, one or several documents.'),
  namespace: placeFields.namespace.optional().describe('For documents that name none.'),
  take_over: takeOver,
});

export const apply: Action<typeof fields> = {
  name: 'apply',
  fields,
  async draft(context, { manifest, namespace, take_over: force = false, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    return manifestDrafts(context, objectsIn('manifest', manifest), { cluster, namespace, force, field: 'manifest' });
  },
};

export const k8sApply = writeCommand(K8S, apply, {
  title: 'Apply manifests',
  description:
    'Creates or changes the objects of a manifest by server-side apply, exactly as k8s_plan has shown them. Every document is tried before the first one is written.',
  kind: 'write',
  example: {
    title: 'A ConfigMap',
    input: {
      namespace: 'shop',
      manifest: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours}\ndata: {main: blue}\n',
      digest: '0123456789abcdef',
    },
  },
});
