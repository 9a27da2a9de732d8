/**
 * Names for the groups of many files: each file's path below the directory that all are in, without its ending. Two
 * files may have groups of the same name, so a set of files can not do without.
 */
export function fileNamespaces(paths: readonly string[]): Map<string, string> {
  const folders = paths.map((path) => segments(path).slice(0, -1));
  const shared = folders.reduce((a, b) => a.slice(0, sharedLength(a, b)), folders[0] ?? []).length;
  const taken = new Set<string>();
  return new Map(
    paths.map((path) => {
      const inside = segments(path).slice(shared).join('/');
      const short = inside.replace(/(?:\.rules)?\.(?:ya?ml|rules|json)$/i, '') || inside;
      const name = taken.has(short) ? inside : short;
      taken.add(name);
      return [path, name];
    }),
  );
}

const segments = (path: string): string[] => path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');

function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
