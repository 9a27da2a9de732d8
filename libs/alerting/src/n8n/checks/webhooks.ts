import { isCode, isWebhook, nodeCheck, textsOf } from '../workflow-check';

/** Without these the address is another one than AlertAgent calls. */
export const webhookAddress = nodeCheck('webhook-address', (node) => {
  if (!isWebhook(node)) return null;
  const { path, httpMethod } = node.parameters;
  const missing = [
    ...(node.webhookId === '' ? ['"webhookId" (without it the path begins with the ids of workflow and node)'] : []),
    ...(httpMethod === 'POST' ? [] : ['"httpMethod": "POST" (without it only GET is answered)']),
    ...(typeof path === 'string' && /^[\w-]+(?:\/[\w-]+)*$/.test(path) ? [] : ['a plain "path"']),
  ];
  return missing.length === 0
    ? null
    : {
        message: `the webhook lacks ${missing.join(' and ')}: a POST to its path is answered 404`,
        fix: 'add what is missing',
      };
});

/** Whoever reaches n8n could start the workflow otherwise, with a callback address of his own. */
export const webhookAuthentication = nodeCheck('webhook-authentication', (node) => {
  if (!isWebhook(node)) return null;
  const { authentication } = node.parameters;
  if (authentication === 'headerAuth' && node.credentials['httpHeaderAuth'] !== undefined) return null;
  return {
    message: 'anybody who reaches n8n can start the workflow',
    fix: 'set "authentication": "headerAuth" and credentials of the type httpHeaderAuth; AlertAgent sends n8n.header_auth_value',
  };
});

/** What a webhook node hands on. */
const WEBHOOK_ITEM =
  /(?:\$json|\$input\.(?:first\(\)|item|all\(\)\[0\])\.json|items\[0\]\.json)\.(?!(?:body|headers|params|query|webhookUrl|executionMode)\b)(\w+)/;

/** The body of the call is one level down. */
export const webhookBody = nodeCheck('webhook-body', (node, { nodes, links }) => {
  const parents = links.filter(({ to }) => to === node.name).map(({ from }) => nodes.find(({ name }) => name === from));
  if (!parents.some((parent) => parent !== undefined && isWebhook(parent))) return null;
  const field = textsOf(node).flatMap((text) => WEBHOOK_ITEM.exec(text)?.[1] ?? [])[0];
  if (field === undefined) return null;
  return {
    message: `it reads "${field}" beside the body that the webhook was sent, where nothing is`,
    fix: `read ${isCode(node) ? '$input.first().json.body' : '$json.body'}.${field}`,
  };
});
