// A sign-in server on node's oidc-provider with its memory adapter: what `cargo bench --bench serve` measures dockspace beside.
//
// usage: node server.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI
//
// It does as little as it can: whoever names an account is believed (no password is checked), and no page is styled. The client
// may do what dockspace's may: codes with PKCE, refresh tokens that rotate, client credentials, introspection, RS256.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id,
      client_secret,
      redirect_uris: [redirect_uri],
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: [{ ...key, kid: "bench", alg: "RS256", use: "sig" }] },
  cookies: { keys: ["bench"] },
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/login?request=${interaction.uid}` },
  rotateRefreshToken: true,
  issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: "Person",
      preferred_username: id,
      email: `${id}@example.org`,
      email_verified: true,
    }),
  }),
  // Nobody is asked for consent: a session has one grant for the client.
  async loadExistingGrant({ oidc }) {
    const known = oidc.session.grantIdFor(oidc.client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});

async function login(request, response) {
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(`<form method="post" action="${request.url}"><input name="username"><input name="password"></form>`);
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const accountId = new URLSearchParams(body).get("username");
  await provider.interactionFinished(request, response, { login: { accountId } });
}

const others = provider.callback();
createServer((request, response) => {
  const handle = request.url.startsWith("/login?") ? login : others;
  Promise.resolve(handle(request, response)).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end();
  });
}).listen(Number(port), "127.0.0.1");
