import { writeFileSync } from 'node:fs';

import { stringify } from 'yaml';

export interface Access {
  server: string;
  /** The API server's own certificate in PEM format. */
  ca: string;
  context: string;
  user: string;
  token: string;
}

export function writeKubeconfig(path: string, access: Access): void {
  const { context, user } = access;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      {
        name: context,
        cluster: { server: access.server, 'certificate-authority-data': Buffer.from(access.ca).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token: access.token } }],
    contexts: [{ name: context, context: { cluster: context, user, namespace: 'shop' } }],
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
}
