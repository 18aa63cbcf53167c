import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** A test authority, a certificate for 127.0.0.1 and one for a client, made by openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-certificates-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    file(`${name}.key`),
  ];
  openssl(
    'req',
    '-x509',
    ...key('ca'),
    '-out',
    file('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
  );
  const sign = (name: string, extension: string) => {
    openssl('req', ...key(name), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), extension);
    openssl(
      'x509',
      '-req',
      '-in',
      file(`${name}.csr`),
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
      '-out',
      file(`${name}.pem`),
      '-days',
      '2',
      '-extfile',
      file(`${name}.ext`),
    );
    return { cert: file(`${name}.pem`), key: file(`${name}.key`) };
  };
  return {
    folder,
    ca: file('ca.pem'),
    server: sign('server', 'subjectAltName=IP:127.0.0.1'),
    client: sign('client', 'extendedKeyUsage=clientAuth'),
  };
}
