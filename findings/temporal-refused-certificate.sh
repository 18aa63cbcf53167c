#!/usr/bin/env bash
# Finding: Where a server refuses the certificate of a client, or the client the authority of the server, the client of
#   Temporal's TypeScript SDK 1.24.0 fails with a deadline only. The connection of its worker gives the reason in its text.
# Packages: @temporalio/client and @temporalio/worker 1.24.0 (npm)
# Needs: bash, Node 20 or newer, npm, openssl
# Seen:
#   no certificate, client: Failed to connect before the deadline
#   no certificate, worker: received fatal alert: CertificateRequired
#   unknown authority, client: Failed to connect before the deadline
#   unknown authority, worker: InvalidCertificate(UnknownIssuer)
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund @temporalio/client@1.24.0 @temporalio/worker@1.24.0
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
for name in authority other; do
  openssl req -x509 "${key[@]}" -keyout "$name.key" -out "$name.pem" -days 1 -subj "/CN=$name" 2>>openssl.log
done
openssl req "${key[@]}" -keyout server.key -out server.csr -subj /CN=server 2>>openssl.log
echo 'subjectAltName=DNS:temporal.example' >server.ext
openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 1 -extfile server.ext \
  -out server.pem 2>>openssl.log
cat >connect.mjs <<'JS'
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';

const file = (name) => readFileSync(name);
// A server that wants certificates of its clients, as one with mTLS does. No call ever reaches it.
const server = createServer({
  ...{ key: file('server.key'), cert: file('server.pem'), ca: file('authority.pem') },
  ...{ requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
});
server.listen(0, '127.0.0.1', async () => {
  const address = `127.0.0.1:${server.address().port}`;
  const serverNameOverride = 'temporal.example';
  const cases = {
    'no certificate': { serverNameOverride, serverRootCACertificate: file('authority.pem') },
    'unknown authority': {
      ...{ serverNameOverride, serverRootCACertificate: file('other.pem') },
      clientCertPair: { crt: file('server.pem'), key: file('server.key') },
    },
  };
  for (const [name, tls] of Object.entries(cases))
    for (const [kind, connect] of [
      ['client', (options) => Connection.connect({ ...options, connectTimeout: 3000 })],
      ['worker', (options) => NativeConnection.connect(options)],
    ])
      await connect({ address, tls }).then(
        () => console.log(`${name}, ${kind}: connected`),
        ({ message }) => {
          const reason = /received fatal alert: \w+|InvalidCertificate\(\w+\)/.exec(message)?.[0];
          console.log(`${name}, ${kind}: ${reason ?? message}`);
        },
      );
  process.exit(0);
});
JS
node connect.mjs >seen.txt 2>warnings.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  cat warnings.txt
  echo 'The behaviour has changed.' >&2
  exit 1
fi
