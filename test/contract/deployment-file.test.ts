import { expect, test } from '@jest/globals';
import { parseDeployment } from '../../src/contract/deployment-file.ts';
import { deploymentSchema } from '../../scripts/docs/deployment-schema.ts';
import { codeOf } from '../support/code-of.ts';
import { Ajv } from 'ajv';
import { DEPLOYMENT_FILE as FILE } from '../support/deployment-file.ts';

/** The file with one value at a path. Undefined removes the field. */
function withValue(path: string, value: unknown): unknown {
  const copy = structuredClone(FILE) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => (at[key] ??= {}) as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

test('the file of the first example is complete: what it leaves out has defaults', () => {
  expect(parseDeployment(FILE)).toMatchObject({
    name: 'mcp-grafana',
    image: 'registry.example.com/team/mcp-grafana:v1.0.0',
    replicas: 2,
    limits: { cpu: '500m', memory: '512Mi' },
    startupSeconds: 60,
    canaryWeights: [5, 25, 50],
    entryPoints: ['web'],
    environment: { MCP_TRANSPORT: 'sse', MCP_PORT: '8000', DEBUG: 'false' },
  });
});

test.each([
  ['deployment.nmae', 'x', 'UNKNOWN_NAME', 'deployment.nmae: unknown field; did you mean deployment.name?'],
  ['kubernetes.replica', 2, 'UNKNOWN_NAME', 'did you mean kubernetes.replicas?'],
  ['deployment.repo_type', 'pyhton', 'UNKNOWN_NAME', 'did you mean python?'],
  ['deployment.version', undefined, 'INVALID_INPUT', 'deployment.version: is missing'],
  ['deployment.version', 'latest', 'INVALID_INPUT', 'must name one version'],
  ['deployment.name', 'Web', 'INVALID_INPUT', 'deployment.name'],
  ['container.image', 'registry.example.com/web', 'INVALID_INPUT', 'must have a tag or a digest'],
  ['container.port', 70_000, 'INVALID_INPUT', 'container.port'],
  ['kubernetes.resources.limits.memory', '1 GB', 'INVALID_INPUT', 'must be a quantity of memory'],
  ['kubernetes.probes.path', 'health', 'INVALID_INPUT', 'must be a path'],
  ['kubernetes.host', 'a`) || PathPrefix(`/', 'INVALID_INPUT', 'must be a host name'],
  ['kubernetes.canary_weights', [50, 25], 'INVALID_INPUT', 'must rise'],
  ['kubernetes.autoscaling', { min_replicas: 3, max_replicas: 2 }, 'INVALID_INPUT', 'more min_replicas'],
  ['environment.A-B', 'x', 'INVALID_INPUT', 'environment'],
  ['secrets', { MCP_PORT: { secret: 's', key: 'k' } }, 'INVALID_INPUT', 'is in environment too'],
])('%s: %j is refused', (path, value, code, message) => {
  expect(() => parseDeployment(withValue(path, value))).toThrow(message);
  expect(codeOf(() => parseDeployment(withValue(path, value)))[0]).toBe(code);
});

test('an image of another registry is refused', () => {
  expect(() => parseDeployment(FILE, 'registry.example.com/team')).not.toThrow();
  expect(() => parseDeployment(FILE, 'registry.example.com/tea')).toThrow(
    'must be an image of registry.example.com/tea',
  );
});

test('the published schema accepts the file and refuses an unknown key', () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(deploymentSchema()) as object);

  expect([validate(FILE), validate(withValue('kubernetes.replica', 2)), validate({})]).toEqual([true, false, false]);
});
