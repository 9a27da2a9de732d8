import { isCode, isRequest, type WorkflowCheck } from '../workflow-check';

/** A node that fails without a way out ends the run, and AlertAgent waits for its deadline. */
export const errorBranches: WorkflowCheck = {
  name: 'error-branches',
  find: ({ nodes, links }) => {
    const onErrorPath = new Set(
      links.filter(({ from, output }) => output === 1 && has(nodes, from, 'continueErrorOutput')).map(({ to }) => to),
    );
    for (const name of onErrorPath) for (const { from, to } of links) if (from === name) onErrorPath.add(to);
    return nodes
      .filter((node) => (isCode(node) || isRequest(node)) && !onErrorPath.has(node.name))
      .filter(({ name, onError }) => {
        if (onError === 'continueRegularOutput') return false;
        return !(onError === 'continueErrorOutput' && links.some(({ from, output }) => from === name && output === 1));
      })
      .map(({ name, onError }) => ({
        node: name,
        message:
          onError === 'continueErrorOutput'
            ? 'its output for errors leads nowhere'
            : 'when it fails the run ends without a word, and AlertAgent waits until its deadline',
        fix: 'set "onError": "continueErrorOutput" and lead the second output to a node that reports the failure',
      }));
  },
};

const has = (nodes: readonly { name: string; onError: string }[], name: string, onError: string): boolean =>
  nodes.some((node) => node.name === name && node.onError === onError);

/** The last word must arrive although AlertAgent is restarted just then. */
export const reportRetries: WorkflowCheck = {
  name: 'report-retries',
  find: ({ nodes, links }) =>
    nodes
      .filter((node) => isRequest(node) && !node.retries && !links.some(({ from }) => from === node.name))
      .map(({ name }) => ({
        node: name,
        message: 'the last call of the run is tried once: a restart of AlertAgent at that moment loses the outcome',
        fix: 'set "retryOnFail": true, "maxTries": 5, "waitBetweenTries": 5000; repeated callbacks change nothing',
      })),
};
