// A background that never shows its figures.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ kind }) => {
  if (kind === 'stop') parentPort.close();
});
parentPort.postMessage({ kind: 'ready' });
