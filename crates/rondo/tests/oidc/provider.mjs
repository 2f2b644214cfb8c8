// A provider of OpenID Connect for one test, on a free port of the loopback address. It says where it is, takes new
// keys for the word "rotate", and ends with its standard input. Whoever signs in is who they say, with whatever password.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, back, options] = process.argv.slice(2);
const { tokens, secretBy, signedBy, host = '127.0.0.1' } = JSON.parse(options);
const require = createRequire(`${folder}/package.json`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const people = {
  silent: (email) => ({ email }),
  unverified: (email) => ({ email, email_verified: false }),
};

function claims(id) {
  const known = people[id.split('@')[0]] ?? ((email) => ({ email, email_verified: true }));
  return { sub: id, ...known(id) };
}

function key() {
  const pair = signedBy === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', kid: randomUUID() };
}

function provider(issuer) {
  return new Provider(issuer, {
    clients: [{
      client_id: 'rondo',
      client_secret: 'a secret of the two & nobody else',
      redirect_uris: [back],
      id_token_signed_response_alg: signedBy,
      token_endpoint_auth_method: secretBy,
    }],
    clientAuthMethods: [secretBy],
    enabledJWA: { idTokenSigningAlgValues: [signedBy] },
    jwks: { keys: [key()] },
    cookies: { keys: [randomUUID()] },
    claims: { email: ['email', 'email_verified'] },
    conformIdTokenClaims: tokens === 'bare',
    findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
  });
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://${host}:${server.address().port}`;
  const serve = () => {
    server.removeAllListeners('request');
    const answer = provider(issuer).callback();
    server.on('request', (request, response) => {
      // Its pages would load letters from the internet.
      response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
      answer(request, response);
    });
  };
  serve();
  console.log(issuer);
  createInterface({ input: process.stdin })
    .on('line', () => { serve(); console.log('rotated'); })
    .on('close', () => process.exit(0));
});
