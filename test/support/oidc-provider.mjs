// A real authorization server for tests: `node oidc-provider.mjs` prints its address when it listens. Its
// login page takes any name. It registers clients dynamically, and requires PKCE.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const scopes = ['sluice:read', 'sluice:operate', 'sluice:admin', 'sluice:approve'];
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

/** A program in which a person logs in. */
function publicClient(id) {
  return {
    ...{ client_id: id, application_type: 'native', token_endpoint_auth_method: 'none' },
    ...{ grant_types: ['authorization_code'], response_types: ['code'] },
    redirect_uris: ['http://127.0.0.1:1/callback'],
  };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'robot',
      client_secret: 'robot-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: scopes.join(' '),
    },
    publicClient('portal'),
    publicClient('assistant'),
  ],
  scopes: ['openid', 'offline_access', ...scopes],
  features: {
    registration: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => ({
        scope: scopes.join(' '),
        // A token for any other resource shows that its audience is checked.
        audience: resource,
        accessTokenTTL: Number(process.env.ACCESS_TOKEN_S ?? 600),
        accessTokenFormat: 'jwt',
      }),
    },
  },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  ttl: {
    Session: 600,
    Grant: 600,
    Interaction: 600,
    AccessToken: 600,
    ClientCredentials: 600,
    IdToken: 600,
    RefreshToken: 600,
    DeviceCode: 600,
  },
});
server.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
