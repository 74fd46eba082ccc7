// An OpenID provider of its own process: who signs in, with which acr and amr, is said by the request's login_hint.
import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const people = JSON.parse(process.env.PEOPLE);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "portal",
      client_secret: "a secret of this test alone",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  pkce: { required: () => true },
  acrValues: ["urn:two"],
  claims: { openid: ["sub", "national_id", "acr", "amr"] },
  conformIdTokenClaims: process.env.IN_USERINFO === "1",
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, national_id: people[sub], email: `${sub}@example.org`, email_verified: true }),
  }),
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) {
    return next();
  }
  const { params, prompt } = await provider.interactionDetails(context.req, context.res);
  const [accountId, acr, amr] = params.login_hint.split("|");
  if (accountId === "nobody") {
    const refusal = { error: "access_denied" };
    return provider.interactionFinished(context.req, context.res, refusal);
  }
  if (prompt.name === "login") {
    const login = { accountId, acr: acr || undefined, amr: amr ? amr.split(" ") : undefined };
    return provider.interactionFinished(context.req, context.res, { login });
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope("openid");
  grant.addOIDCClaims(["national_id", "acr", "amr"]);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(context.req, context.res, { consent }, { mergeWithLastSubmission: true });
});

const server = provider.listen(Number(port), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
