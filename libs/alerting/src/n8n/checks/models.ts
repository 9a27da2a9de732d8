import { before, codeOf, isRequest, nodeCheck, textsOf } from '../workflow-check';
import type { Workflow, WorkflowNode } from '../workflow';

const CHAT = /\/v1\/(?:chat-messages|completion-messages)\b/;
const isChat = (node: WorkflowNode): boolean =>
  isRequest(node) && typeof node.parameters['url'] === 'string' && CHAT.test(node.parameters['url']);

/** The texts of a node and of the nodes it takes values from. */
function sourcesOf(node: WorkflowNode, { nodes }: Workflow): string {
  const own = textsOf(node);
  const named = own.flatMap((text) => [...text.matchAll(/\$\(['"]([^'"]+)['"]\)/g)].map(([, name]) => name));
  return [...own, ...nodes.filter(({ name }) => named.includes(name)).flatMap(textsOf)].join('\n');
}

/** Dify's agents can only stream; nothing said means blocking, which is refused or cut after a minute. */
export const difyMode = nodeCheck('dify-mode', (node, workflow) =>
  !isChat(node) || /response_mode/.test(sourcesOf(node, workflow))
    ? null
    : {
        message: 'Dify is not told how to answer, so it blocks: agents answer 400, others are cut off while they go on',
        fix: 'send "response_mode": "streaming" and read the events',
      },
);

/** Dify makes the ids of its conversations itself. */
export const difyConversation = nodeCheck('dify-conversation', (node, workflow) =>
  isChat(node) &&
  /conversation_id["']?\s*:\s*["']?\s*(?:\{\{)?[^,}\n]*(?:alert|incident)/.test(sourcesOf(node, workflow))
    ? {
        message: 'conversation_id is an id of an alert; Dify knows only its own and answers 400 or 404',
        fix: 'leave it out for a new conversation',
      }
    : null,
);

/** The answer of a chat app is one text in `answer`. */
export const difyAnswer = nodeCheck('dify-answer', (node, workflow) => {
  const code = codeOf(node);
  if (!/severity_score|confidence/.test(code) || /\banswer\b/.test(code)) return null;
  const names = before(workflow, node.name);
  return workflow.nodes.some((one) => names.includes(one.name) && isChat(one))
    ? {
        message: 'it looks for scores beside the answer of Dify, where there are none: every alert is escalated',
        fix: 'read the JSON in the text of "answer", and check its types',
      }
    : null;
});

/** What a model writes is data. */
export const modelText = nodeCheck('model-text', (node) =>
  textsOf(node).some((text) =>
    /suggested_actions?\s*(?:\[\s*0|\?\.\[|\.at\(|\.shift\(|\.find\()|method:\s*\w+\.suggested_action\b/.test(text),
  )
    ? {
        message: 'it makes the text of a model the name of an action',
        fix: 'report the analysis to AlertAgent; actions come from its catalogue and pass its gate',
      }
    : null,
);
