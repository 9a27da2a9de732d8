import * as errors from './checks/errors';
import * as expressions from './checks/expressions';
import * as models from './checks/models';
import * as requests from './checks/requests';
import * as shape from './checks/shape';
import * as webhooks from './checks/webhooks';
import { readWorkflow } from './workflow';
import type { WorkflowCheck, WorkflowFault } from './workflow-check';

/** All checks, in the order in which a person would mend their findings. */
export const workflowChecks: readonly WorkflowCheck[] = [
  shape.workflowId,
  shape.nodeNames,
  shape.nodeTypes,
  shape.connections,
  webhooks.webhookAddress,
  webhooks.webhookAuthentication,
  webhooks.webhookBody,
  requests.forgottenParameters,
  requests.requestMethod,
  requests.requestBody,
  requests.credentials,
  requests.callbackAuthentication,
  requests.plainSecrets,
  expressions.jsonBodies,
  expressions.closingBraces,
  expressions.environment,
  expressions.lostItems,
  models.difyMode,
  models.difyConversation,
  models.difyAnswer,
  models.modelText,
  errors.errorBranches,
  errors.reportRetries,
];

/** Everything about an n8n workflow file that would fail in n8n 2, fail silently or lose an analysis. Empty for a sound one. */
export function lintWorkflow(file: unknown): WorkflowFault[] {
  const workflow = readWorkflow(file);
  if (workflow === null) {
    const message = 'this is no workflow: an object with "nodes" and "connections" is expected';
    return [{ check: 'workflow', node: null, message, fix: 'export the workflow from the editor of n8n' }];
  }
  return workflowChecks.flatMap(({ name, find }) => find(workflow).map((finding) => ({ check: name, ...finding })));
}
