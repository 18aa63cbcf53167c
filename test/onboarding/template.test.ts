import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseDeployment } from '../../src/contract/deployment-file.ts';
import type { Deployment } from '../../src/domain/onboarding/deployment.ts';
import { substitute } from '../../src/onboarding/template.ts';
import { codeOf } from '../support/code-of.ts';
import { DEPLOYMENT_FILE } from '../support/deployment-file.ts';

const DEPLOYMENT = parseDeployment(DEPLOYMENT_FILE);
const filled = (template: string, deployment: Deployment = DEPLOYMENT): unknown =>
  parse(substitute('rollout.yaml', template, deployment));

/** As the templates of the many: placeholders without quotes, in quotes, beside text, as a list. */
const TEMPLATE = `# of {{DEPLOYMENT_NAME}}
metadata:
  name: {{DEPLOYMENT_NAME}}
  namespace: "{{NAMESPACE}}"
  labels: { version: '{{VERSION}}' }
spec:
  replicas: {{ REPLICAS }}
  containers:
    - name: {{DEPLOYMENT_NAME}}-app
      image: {{IMAGE}}
      resources:
        requests: { cpu: {{CPU_REQUEST}}, memory: {{MEMORY_REQUEST}} }
        limits:
          cpu: {{CPU_LIMIT}}
          memory: "{{MEMORY_LIMIT}}"
      env:
        {{ENV_VARS}}
`;

test('every placeholder gets its value with its type', () => {
  expect(filled(TEMPLATE)).toEqual({
    metadata: { name: 'mcp-grafana', namespace: 'mcp-servers', labels: { version: 'v1.0.0' } },
    spec: {
      replicas: 2,
      containers: [
        {
          name: 'mcp-grafana-app',
          image: 'registry.example.com/team/mcp-grafana:v1.0.0',
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
          env: [
            { name: 'MCP_TRANSPORT', value: 'sse' },
            { name: 'MCP_PORT', value: '8000' },
            { name: 'DEBUG', value: 'false' },
          ],
        },
      ],
    },
  });
});

test('text that looks like a number stays text', () => {
  const one = { ...DEPLOYMENT, version: '1', requests: { cpu: '1', memory: '1' } };

  expect(filled('a: {{VERSION}}\nb: x{{VERSION}}\nc: {{CPU_REQUEST}}\n{{VERSION}}: key\n', one)).toEqual({
    a: '1',
    b: 'x1',
    c: '1',
    '1': 'key',
  });
});

test('comments and several documents stay', () => {
  const text = substitute(
    'a.yaml',
    '# why {{NAME_OF}}\n'.replace('NAME_OF', 'IMAGE') + 'a: 1 # {{VERSION}}\n---\nb: {{VERSION}}\n',
    DEPLOYMENT,
  );

  expect(text).toBe('# why {{IMAGE}}\na: 1 # {{VERSION}}\n---\nb: v1.0.0\n');
});

test.each([
  ['a: {{REPLICA}}', 'did you mean REPLICAS?'],
  ['a: {{ .Values.image }}', 'there is no placeholder'],
  ['a: {{}}', 'there is no placeholder'],
  ['a: x{{ENV_VARS}}', 'has to be a whole value'],
  ['a: "{{ENV_VARS}}"', 'has to be a whole value'],
  ['a: [', 'is not a valid template'],
  ['just text {{IMAGE}}', 'it is not an object'],
])('%j is refused', (template, message) => {
  expect(() => substitute('a.yaml', template, DEPLOYMENT)).toThrow(message);
  expect(codeOf(() => substitute('a.yaml', template, DEPLOYMENT))[0]).toBe('TEMPLATE_INVALID');
});

test('no value can break out of its place', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      'a\nb: c',
      '"',
      "'",
      '# x',
      '{{IMAGE}}',
      'PLACEHOLDER0E',
      '- x',
      '&a',
      '*a',
      '!!js',
      '---\na: 1',
      ': ',
      '|',
      '>',
      '%TAG',
      '~',
      'yes',
      '0x1',
      '\u2028',
      '\\',
    ),
  );
  fc.assert(
    fc.property(nasty, nasty, (version, value) => {
      const deployment = { ...DEPLOYMENT, version, environment: { A: value } };
      const template =
        'plain: {{VERSION}}\nquoted: "{{VERSION}}"\nsingle: \'x{{VERSION}}\'\nblock: |\n  {{VERSION}}\nenv:\n  {{ENV_VARS}}\nlast: end\n';

      expect(filled(template, deployment)).toEqual({
        plain: version,
        quoted: version,
        single: `x${version}`,
        block: `${version}\n`,
        env: [{ name: 'A', value }],
        last: 'end',
      });
    }),
    { numRuns: 150 },
  );
});

test('a fault of the YAML is a part of one sentence', () => {
  expect(() => filled('a: 1\na: 2\n')).toThrow(/unique at line 2, column 1$/);
});
