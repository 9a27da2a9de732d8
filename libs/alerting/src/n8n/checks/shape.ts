import { isTrigger, nodeCheck, type Finding, type WorkflowCheck } from '../workflow-check';

/** Without a fixed id the import fails, or makes one up that nothing can publish by. */
export const workflowId: WorkflowCheck = {
  name: 'workflow-id',
  find: ({ id }) =>
    id !== ''
      ? []
      : [
          {
            node: null,
            message: 'the workflow has no id: `import:workflow --input` fails on it',
            fix: 'give it a fixed "id", a text of up to 36 characters',
          },
        ],
};

/** Links go by the names of nodes, so those must be there and be different. */
export const nodeNames: WorkflowCheck = {
  name: 'node-names',
  find: ({ nodes }) => {
    const names = nodes.map(({ name }) => name);
    return nodes.flatMap(({ name, id }, index): Finding[] => {
      if (name === '') return [{ node: null, message: `node ${index + 1} has no name`, fix: 'give it a "name"' }];
      if (names.indexOf(name) !== index)
        return [{ node: name, message: 'two nodes have this name', fix: 'give each node a name of its own' }];
      return id === '' ? [{ node: name, message: 'the node has no id', fix: 'give it an "id", a UUID' }] : [];
    });
  },
};

/** What n8n 2 has of the nodes these workflows are made of. */
const VERSIONS: Readonly<Record<string, readonly number[]>> = {
  webhook: [2, 2.1],
  code: [2],
  httpRequest: [4, 4.1, 4.2, 4.3, 4.4, 4.5],
  if: [2, 2.1, 2.2, 2.3],
  respondToWebhook: [1.1, 1.2, 1.3, 1.4, 1.5],
  set: [3, 3.1, 3.2, 3.3, 3.4, 3.5],
  switch: [3, 3.1, 3.2, 3.3, 3.4],
};
const GONE: Readonly<Record<string, string>> = {
  function: 'n8n 2 hides it and n8n 3 has it no more; its errors hide yours',
  functionItem: 'n8n 2 hides it and n8n 3 has it no more',
  executeCommand: 'n8n 2 leaves it out unless told otherwise, and it runs commands on the machine of n8n',
  localFileTrigger: 'n8n 2 leaves it out unless told otherwise',
};

/** Node kinds and versions that a current n8n runs as they are written here. */
export const nodeTypes = nodeCheck('node-types', ({ type, typeVersion }) => {
  const kind = type.replace(/^n8n-nodes-base\./, '');
  const gone = GONE[kind];
  if (gone !== undefined) {
    const fix = kind.startsWith('function')
      ? 'use n8n-nodes-base.code, typeVersion 2, which returns [{ json }]'
      : 'remove it';
    return { message: `${type}: ${gone}`, fix };
  }
  const versions = VERSIONS[kind];
  if (versions === undefined || versions.includes(typeVersion)) return null;
  return {
    message: `${type} of version ${Number.isNaN(typeVersion) ? '(none)' : typeVersion} reads other parameters than a current one`,
    fix: `use typeVersion ${versions[0]} to ${versions.at(-1)}`,
  };
});

/** Every node must be reached from a trigger, by links between nodes that exist. */
export const connections: WorkflowCheck = {
  name: 'connections',
  find: ({ nodes, links }) => {
    const names = new Set(nodes.map(({ name }) => name));
    const lost = links.filter(({ from, to }) => !names.has(from) || !names.has(to));
    const reached = new Set(nodes.filter(isTrigger).map(({ name }) => name));
    // A set grows while it is walked through.
    for (const name of reached) for (const { from, to } of links) if (from === name) reached.add(to);
    return [
      ...(reached.size === 0
        ? [{ node: null, message: 'nothing starts the workflow', fix: 'begin with a webhook node' }]
        : []),
      ...lost.map(({ from, to }) => ({
        node: names.has(from) ? from : null,
        message: `a connection from "${from}" to "${to}" leads to or from no node`,
        fix: 'connections go by the names of nodes; correct the name',
      })),
      ...nodes
        .filter(({ name }) => !reached.has(name))
        .map(({ name }) => ({
          node: name,
          message: 'nothing leads to the node: it never runs',
          fix: 'connect it, or remove it',
        })),
    ];
  },
};
