// The lockfile must install anywhere: no download hosts, an integrity hash for every package.
import { readFileSync } from 'node:fs';

const text = readFileSync('package-lock.json', 'utf8');
const problems = [];
if (/"resolved":\s*"https?:/.test(text)) problems.push('it names a download host');
for (const [path, entry] of Object.entries(JSON.parse(text).packages)) {
  if (path.startsWith('node_modules/') && !entry.link && !entry.integrity && !entry.inBundle)
    problems.push(`${path} has no integrity hash`);
}
for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log('package-lock.json names no download host and pins every package by hash');
