import { isRequest, nodeCheck, textsOf } from '../workflow-check';

/** Parameters of the old request node. The present one does not refuse them, it forgets them. */
const FORGOTTEN: Readonly<Record<string, string>> = {
  httpMethod: 'method',
  requestMethod: 'method',
  bodyContentType: 'contentType and specifyBody',
  bodyParametersJson: 'jsonBody',
  headerParametersJson: 'headerParameters',
};

export const forgottenParameters = nodeCheck('forgotten-parameters', (node) => {
  if (!isRequest(node)) return null;
  const forgotten = Object.keys(FORGOTTEN).filter((name) => name in node.parameters);
  return forgotten.length === 0
    ? null
    : {
        message: `n8n takes no notice of ${forgotten.join(', ')}, and the run counts as a success all the same`,
        fix: forgotten.map((name) => `${name}: use ${FORGOTTEN[name]}`).join('; '),
      };
});

export const requestMethod = nodeCheck('request-method', (node) => {
  if (!isRequest(node) || node.parameters['sendBody'] !== true) return null;
  const { method } = node.parameters;
  return typeof method === 'string' && method !== 'GET'
    ? null
    : { message: 'a body is to be sent, and the method is GET', fix: 'set "method": "POST"' };
});

export const requestBody = nodeCheck('request-body', (node) => {
  if (!isRequest(node) || node.parameters['sendBody'] !== true) return null;
  const { contentType = 'json', specifyBody, jsonBody } = node.parameters;
  if (jsonBody === undefined || (contentType === 'json' && specifyBody === 'json')) return null;
  return {
    message: 'jsonBody is not looked at: {"": ""} is sent',
    fix: 'set "contentType": "json" and "specifyBody": "json"',
  };
});

export const credentials = nodeCheck('credentials', ({ parameters, credentials: given }) => {
  const { authentication, genericAuthType, nodeCredentialType } = parameters;
  const kind =
    authentication === 'genericCredentialType'
      ? genericAuthType
      : authentication === 'predefinedCredentialType'
        ? nodeCredentialType
        : null;
  if (typeof kind !== 'string' || given[kind] !== undefined) return null;
  return {
    message: `it is to authenticate by ${kind} and names no credentials: the run ends with "Credentials not found"`,
    fix: `add "credentials": {"${kind}": {"id": …, "name": …}}`,
  };
});

/** AlertAgent refuses whoever shows no token. */
export const callbackAuthentication = nodeCheck('callback-authentication', (node) => {
  const { url, authentication } = node.parameters;
  if (!isRequest(node) || typeof url !== 'string' || !/callback_url|api_url|\/api\/v1\//.test(url)) return null;
  return authentication === 'genericCredentialType' || authentication === 'predefinedCredentialType'
    ? null
    : {
        message: 'it calls AlertAgent without a token and is answered 401',
        fix: 'set "authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth" and its credentials',
      };
});

const SECRET = /(?:bearer\s+[\w.~+/-]{16,}|\b(?:app|sk|dataset)-[\w-]{16,})/i;

/** A workflow file is shared, exported and committed; its credentials are not part of it. */
export const plainSecrets = nodeCheck('plain-secrets', (node) =>
  textsOf(node).some((text) => SECRET.test(text))
    ? {
        message: 'a key or token stands in the workflow itself',
        fix: 'move it into credentials of n8n and revoke this one',
      }
    : null,
);
