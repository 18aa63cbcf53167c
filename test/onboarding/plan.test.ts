import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { detect } from '../../src/domain/onboarding/detect.ts';
import { planDeployment, planRendering, type Present } from '../../src/onboarding/plan.ts';
import { codeOf } from '../support/code-of.ts';
import { aSource, NODE_SERVICE } from '../support/fake-delivery.ts';

const SOURCE = aSource(NODE_SERVICE);
const SERVICE = detect(SOURCE, {});
const WANTED = { name: 'web', version: 'v1', registry: 'registry.example/team', namespace: 'shop' };
const plan = (present: Present = {}, wanted: object = {}) =>
  planDeployment(SOURCE, SERVICE, { ...WANTED, ...wanted }, present, { pinned: {} });

/** The folder after a plan was carried out. */
function after({ files }: Pick<ReturnType<typeof plan>, 'files'>, present: Present = {}): Present {
  const removed = files.filter(({ action }) => action === 'remove').map(({ path }) => path);
  const kept = Object.entries(present).filter(([path]) => !removed.includes(path));
  const written = files.filter(({ action }) => action !== 'remove').map(({ path, text }) => [path, text] as const);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(written) };
}
const actions = ({ files }: ReturnType<typeof plan>) =>
  Object.fromEntries(files.map(({ path, action }) => [path, action]));

test('the first plan creates every file, and the same again changes nothing', () => {
  const first = plan();

  expect(new Set(Object.values(actions(first)))).toEqual(new Set(['create']));
  expect(new Set(Object.values(actions(plan(after(first)))))).toEqual(new Set(['same']));
});

test('every Kubernetes file is listed in the kustomization', () => {
  const files = Object.entries(after(plan({}, { host: 'web.example.com' })));
  const base = files.flatMap(([path]) => /^k8s\/base\/(?!kustom)(.*)$/.exec(path)?.[1] ?? []);
  const [, text = ''] = files.find(([path]) => path === 'k8s/base/kustomization.yaml') ?? [];

  expect(base).toContain('ingressroute.yaml');
  expect((parse(text) as { resources: string[] }).resources).toEqual(base);
});

test('a new version changes the version, the commit and the image, and keeps the rest of deployment.yaml', () => {
  const before = after(plan());
  const own = `# ours\n${before['deployment.yaml']}`.replace('replicas: 2', 'replicas: 5 # more users');

  const next = plan({ ...before, 'deployment.yaml': own }, { version: 'v2' });

  const text = next.files.find(({ path }) => path === 'deployment.yaml')?.text ?? '';
  expect(text).toBe(own.replace('version: v1', 'version: v2').replace('web:v1', 'web:v2'));
  expect(next.deployment).toMatchObject({ replicas: 5, image: 'registry.example/team/web:v2' });
  expect(actions(next)).toMatchObject({ 'k8s/base/rollout.yaml': 'update', Dockerfile: 'same' });
});

test('a file that somebody has edited is kept, also if it has no mark any more', () => {
  const before = after(plan());
  const edited = { ...before, Dockerfile: `${before['Dockerfile']}RUN true\n`, 'build.sh': '#!/bin/sh\n' };

  const next = plan(edited, { version: 'v2' });

  expect(actions(next)).toMatchObject({ Dockerfile: 'keep', 'build.sh': 'keep' });
  expect(after(next)).toMatchObject({ Dockerfile: edited.Dockerfile, 'build.sh': '#!/bin/sh\n' });
});

test('a file that is no longer needed is removed, unless somebody has edited it', () => {
  const before = after(plan({}, { host: 'web.example.com' }));
  const bare = { ...before, 'deployment.yaml': (before['deployment.yaml'] ?? '').replace(/ +host: .*\n/, '') };

  expect(actions(plan(bare))['k8s/base/ingressroute.yaml']).toBe('remove');
  const edited = {
    ...bare,
    'k8s/base/ingressroute.yaml': `${bare['k8s/base/ingressroute.yaml' as keyof typeof bare]}# mine\n`,
  };
  expect(actions(plan(edited))['k8s/base/ingressroute.yaml']).toBeUndefined();
});

test('a template takes the place of the file of its name, and another one is added', () => {
  const templates = {
    'k8s/services.yaml': 'kind: Service\nname: {{DEPLOYMENT_NAME}}\n',
    'k8s/extra.yaml': 'image: {{IMAGE}}\n',
  };

  const files = after({ files: planRendering(plan().deployment, templates) });

  expect(parse(files['k8s/base/services.yaml'] ?? '')).toEqual({ kind: 'Service', name: 'web' });
  expect(parse(files['k8s/base/extra.yaml'] ?? '')).toEqual({ image: 'registry.example/team/web:v1' });
  expect(files['k8s/base/kustomization.yaml']).toContain('- extra.yaml');
});

test.each([
  ['another deployment', (text: string) => text.replace('name: web', 'name: shop')],
  ['an unknown field', (text: string) => `${text}colour: blue\n`],
  ['an image of another registry', (text: string) => text.replace('registry.example/team', 'other.example')],
  ['no YAML', () => 'a: [\n'],
])('a deployment.yaml with %s is refused', (_, change) => {
  const before = after(plan());
  const present = { ...before, 'deployment.yaml': change(before['deployment.yaml'] ?? '') };

  expect(codeOf(() => plan(present))[0]).toBe('DEPLOYMENT_FILE_INVALID');
});

test('a fault of the YAML is a part of one sentence', () => {
  const present = { ...after(plan()), 'deployment.yaml': 'a: 1\na: 2\n' };

  expect(() => plan(present)).toThrow(/Map keys must be unique at line 2, column 1$/);
});
