// A background as its edge sees it, without a service in it.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ kind, topic, question }) => {
  if (kind === 'stop') parentPort.close();
  else if (kind === 'show_metrics') parentPort.postMessage({ kind: 'metrics', question, metrics: [{ name: 'own' }] });
  else if (topic === 'die') throw new Error('the background broke');
  else parentPort.postMessage({ kind: 'ring', topic: `heard ${topic}` });
});
parentPort.postMessage({ kind: 'ready' });
