import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes a generated file; with `--check` fails instead when the file differs from what would be written. */
export function checkedIn(path, content, command) {
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content);
    console.log(`wrote ${path}`);
    return;
  }
  const present = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (present === content) {
    console.log(`${path} is up to date`);
    return;
  }
  const [before, after] = [present.split('\n'), content.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  console.error(`${path} differs from what the code says, first at line ${line + 1}:`);
  console.error(`  checked in: ${before[line] ?? '(end)'}\n  code:       ${after[line] ?? '(end)'}`);
  console.error(`If the change is meant, run \`${command}\` and commit the file.`);
  process.exit(1);
}
