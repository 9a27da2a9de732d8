const LONGEST = 4_000;

/** What promtool said about tests, without its headings and our folder. */
export function promtoolWords(output: string, folder: string): string {
  const words = output
    .replaceAll(`${folder}/`, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(Unit Testing:.*|FAILED:|SUCCESS)\s*$/.test(line))
    .map((line) => line.trimEnd())
    .join('\n');
  return (words || 'promtool does not say why').slice(0, LONGEST).toWellFormed();
}
