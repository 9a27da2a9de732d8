import { isWebhook, nodeCheck, textsOf } from '../workflow-check';

const ONE_STRINGIFY = /^=\{\{\s*JSON\.stringify\([\s\S]*\)\s*\}\}$/;

/** Text put together with quotes around it breaks at the first quote or line break in the data, or worse, does not. */
export const jsonBodies = nodeCheck('json-bodies', ({ parameters }) => {
  const { jsonBody, responseBody, respondWith } = parameters;
  const bodies = [jsonBody, ...(respondWith === 'json' ? [responseBody] : [])];
  const bad = bodies
    .filter((body) => typeof body === 'string')
    .find((body) => !ONE_STRINGIFY.test(body) || opens(body) > 1);
  return bad === undefined
    ? null
    : {
        message: 'the JSON is put together from pieces of text: data with a quote or a line break in it breaks it',
        fix: 'build the whole body by one expression: ={{ JSON.stringify({ … }) }}',
      };
});

const opens = (text: string): number => text.split('{{').length - 1;

/** An expression ends at the first closing pair. */
export const closingBraces = nodeCheck('closing-braces', (node) => {
  const bad = textsOf(node).find((text) => {
    if (!text.startsWith('=')) return false;
    const first = text.indexOf('{{');
    return first !== -1 && opens(text) === 1 && text.slice(first, text.lastIndexOf('}}')).includes('}}');
  });
  return bad === undefined
    ? null
    : {
        message: 'two closing braces within an expression end it there: n8n reports an invalid syntax',
        fix: 'put a space between the braces',
      };
});

/** Blocked by default in n8n 2, and a feature of paid plans. */
export const environment = nodeCheck('environment', (node) =>
  textsOf(node).some((text) => /\$(?:env|vars)\b/.test(text))
    ? {
        message:
          '$env is refused in n8n 2 unless told otherwise, and $vars needs a licence: the run fails after it was answered for',
        fix: 'keep settings in a Set node at the beginning, and secrets in credentials',
      }
    : null,
);

/** What a webhook of AlertAgent brings. */
const STARTED_WITH = /\$json\.(?:body|alert|alert_id|alert_name|context|labels|annotations)\b/;

/** A request node hands on the answer it got, and nothing of what came in. */
export const lostItems = nodeCheck('lost-items', (node, { nodes, links }) => {
  if (isWebhook(node)) return null;
  if (!textsOf(node).some((text) => STARTED_WITH.test(text))) return null;
  const behind = nearestRequest(node.name, nodes, links);
  return behind === null
    ? null
    : {
        message: `it reads from $json what "${behind}" has replaced by its answer: empty values are sent`,
        fix: `read it from the node that has it: $('…').first().json`,
      };
});

/** The request node whose answer arrives at `name`, through nodes that name no other source. */
function nearestRequest(
  name: string,
  nodes: Parameters<Parameters<typeof nodeCheck>[1]>[1]['nodes'],
  links: Parameters<Parameters<typeof nodeCheck>[1]>[1]['links'],
  seen = new Set<string>(),
): string | null {
  for (const { from } of links.filter(({ to }) => to === name)) {
    if (seen.has(from)) continue;
    seen.add(from);
    const node = nodes.find((one) => one.name === from);
    if (node?.type === 'n8n-nodes-base.httpRequest') return from;
    if (!node || textsOf(node).some((text) => /\$\(['"]/.test(text))) continue;
    const found = nearestRequest(from, nodes, links, seen);
    if (found !== null) return found;
  }
  return null;
}
