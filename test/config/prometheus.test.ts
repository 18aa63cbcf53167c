import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { prometheusOptions, shownAs } from '../../src/evidence/prometheus/options.ts';
import { makeCertificates, type Certificates } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-settings-'));
const URL_ = 'https://prometheus.example:9090';
let certificates: Certificates;

beforeAll(() => {
  certificates = makeCertificates();
});

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const load = (names: Record<string, string>) =>
  loadSettings({
    env: {
      SLUICE_HOME: folder,
      ...Object.fromEntries(Object.entries(names).map(([name, value]) => [`SLUICE_PROMETHEUS_${name}`, value])),
    },
  }).settings;

function problems(names: Record<string, string>): readonly string[] {
  try {
    load(names);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CONFIG_INVALID') return error.message.split('\n');
    throw error;
  }
  return [];
}

test('every way to show oneself to Prometheus reaches the adapter', () => {
  const token = file('token', 'abc\n');
  const { ca, client } = certificates;

  expect(
    prometheusOptions(
      load({
        URL: URL_,
        BEARER_TOKEN_FILE: token,
        CA_FILE: ca,
        CERT_FILE: client.cert,
        KEY_FILE: client.key,
        HEADERS: 'X-Scope-OrgID=shop, X-Query=a=b',
        TIMEOUT: '1500ms',
      }),
    ),
  ).toEqual({
    url: URL_,
    timeoutMs: 1500,
    headers: { 'X-Scope-OrgID': 'shop', 'X-Query': 'a=b' },
    bearerToken: { file: token },
    tls: { caFile: ca, certFile: client.cert, keyFile: client.key },
    matchers: {},
  });
  expect(prometheusOptions(load({ URL: URL_, USERNAME: 'sluice', PASSWORD: 'hunter22' }))).toMatchObject({
    basic: { username: 'sluice', password: { value: 'hunter22' } },
  });
  expect(prometheusOptions(load({}))).toEqual({ headers: {}, matchers: {}, timeoutMs: 5000 });
});

test('how it shows itself is told without any secret', () => {
  const told = shownAs(load({ URL: URL_, USERNAME: 'sluice', PASSWORD: 'hunter22', HEADERS: 'X-Scope-OrgID=shop' }));

  expect(told).toBe(' with user sluice, headers X-Scope-OrgID');
});

test.each<readonly [string, Record<string, string>, RegExp]>([
  [
    'two credentials',
    { BEARER_TOKEN: 'abc', USERNAME: 'a', PASSWORD: 'b' },
    /^SLUICE_PROMETHEUS_BEARER_TOKEN and SLUICE_PROMETHEUS_USERNAME are each credentials/,
  ],
  [
    'a token twice',
    { BEARER_TOKEN: 'abc', BEARER_TOKEN_FILE: file('twice', 'abc') },
    /BEARER_TOKEN and SLUICE_PROMETHEUS_BEARER_TOKEN_FILE are each/,
  ],
  [
    'a token and a header',
    { BEARER_TOKEN: 'abc', HEADERS: 'authorization=Token 1' },
    /Authorization in SLUICE_PROMETHEUS_HEADERS are each/,
  ],
  [
    'a token and a user in the URL',
    { URL: 'https://u:p@host', BEARER_TOKEN: 'abc' },
    /the user in SLUICE_PROMETHEUS_URL are each/,
  ],
  ['a name without a password', { USERNAME: 'a' }, /USERNAME needs SLUICE_PROMETHEUS_PASSWORD/],
  [
    'a password without a name',
    { PASSWORD_FILE: file('password', 'x') },
    /PASSWORD_FILE needs SLUICE_PROMETHEUS_USERNAME/,
  ],
  [
    'a token that is not one',
    { BEARER_TOKEN: 'two words' },
    /^SLUICE_PROMETHEUS_BEARER_TOKEN=\*\*\* .*must be a bearer token/,
  ],
  ['a header without a value', { HEADERS: 'X-Scope-OrgID' }, /^SLUICE_PROMETHEUS_HEADERS=\*\*\* .*Name=value/],
  ['a header twice', { HEADERS: 'X-A=1,x-a=2' }, /each name once/],
  ['a header that breaks its line', { HEADERS: 'X-A=1\r\nX-B: 2' }, /must look like/],
  [
    'a file that is not there',
    { BEARER_TOKEN_FILE: '/nonexistent/token' },
    /BEARER_TOKEN_FILE=\/nonexistent\/token: the file cannot be read \(ENOENT\)/,
  ],
  ['an empty file', { URL: URL_, CA_FILE: file('empty', ' \n') }, /the file is empty/],
  ['an authority that is none', { URL: URL_, CA_FILE: file('nonsense', 'nonsense') }, /holds no PEM certificate/],
  [
    'TLS files for plain HTTP',
    { URL: 'http://prometheus', CA_FILE: file('ca', 'x') },
    /CA_FILE has no effect while SLUICE_PROMETHEUS_URL begins with http:/,
  ],
  ['a limit that is too long', { TIMEOUT: '2m' }, /TIMEOUT="2m".*from 100ms to 1m/],
  ['a limit without a unit', { TIMEOUT: '5' }, /TIMEOUT="5".*unit/],
])('%s is refused, and no secret is in the message', (_, names, expected) => {
  const found = problems(names);

  expect(found).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  expect(found.join('\n')).not.toMatch(/two words|Token 1|:p@/);
});

test('a key without its certificate, and a certificate with the key of another', () => {
  const { client, server } = certificates;

  expect(problems({ URL: URL_, KEY_FILE: client.key })).toEqual([
    'SLUICE_PROMETHEUS_KEY_FILE needs SLUICE_PROMETHEUS_CERT_FILE',
  ]);
  expect(problems({ URL: URL_, CERT_FILE: client.cert })).toEqual([
    'SLUICE_PROMETHEUS_CERT_FILE needs SLUICE_PROMETHEUS_KEY_FILE',
  ]);
  expect(problems({ URL: URL_, CERT_FILE: client.cert, KEY_FILE: server.key })).toEqual([
    expect.stringMatching(/CERT_FILE and SLUICE_PROMETHEUS_KEY_FILE are not a certificate and its key/),
  ]);
  expect(problems({ URL: URL_, CERT_FILE: client.cert, KEY_FILE: client.key })).toEqual([]);
});

test('all problems are told at once, with those of other settings', () => {
  const { SLUICE_HOME, ...rest } = {
    SLUICE_HOME: folder,
    MCP_PORT: 'x',
    SLUICE_PROMETHEUS_USERNAME: 'a',
    SLUICE_PROMETHEUS_CA_FILE: '/nonexistent',
  };

  expect(() => loadSettings({ env: { SLUICE_HOME, ...rest } })).toThrow(
    /MCP_PORT[^\n]*\nSLUICE_PROMETHEUS_USERNAME[^\n]*\nSLUICE_PROMETHEUS_CA_FILE/,
  );
});
