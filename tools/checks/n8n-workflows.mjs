// Judges n8n workflow files, the shipped ones unless told: what n8n would refuse, ignore silently, or lose an analysis by.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../libs/alerting/package.json', import.meta.url));
const { lintWorkflow } = require('@alertagent/alerting');

const SHIPPED = 'deploy/n8n/workflows';
const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log('usage: npm run workflows:lint [-- file.json …]   (the workflows in deploy/n8n unless told)');
  process.exit(0);
}
const files = args.length > 0 ? args : readdirSync(SHIPPED).map((name) => join(SHIPPED, name));
let faults = 0;
for (const file of files) {
  let content;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exit(2);
  }
  // An export of several workflows is a list.
  for (const workflow of [content].flat()) {
    for (const { check, node, message, fix } of lintWorkflow(workflow)) {
      faults += 1;
      console.error(`${file}: ${node === null ? 'the workflow' : `node "${node}"`}: ${message} (${check})\n  ${fix}`);
    }
  }
}
console.log(`${files.length} workflow file${files.length === 1 ? '' : 's'}, ${faults} fault${faults === 1 ? '' : 's'}`);
process.exit(faults > 0 ? 1 : 0);
