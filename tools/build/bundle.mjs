// Second half of `npm run build`: makes one file of each entry of the gateway and all that it loads, from what tsc
// wrote. The gateway has to answer soon after a crash, and most of its start went into finding 2,600 files (ADR 33).
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const ENTRIES = ['apps/gateway/dist/main.js', 'apps/gateway/dist/background.js'];
const OUTPUT = 'apps/gateway/dist/bundle';

/** Packages that load files beside themselves: native code, and pages that are served. */
const APART = ['libsql', 'swagger-ui-dist'];

/** Optional packages of packages: Nest and TypeORM ask for what nobody here has installed, and live with a no. */
const optionalPackages = {
  name: 'optional-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, importer, kind }) => {
      // What our own code imports must be there.
      if (kind === 'entry-point' || !/[\\/]node_modules[\\/]/.test(importer)) return undefined;
      try {
        createRequire(importer).resolve(path);
        return undefined;
      } catch {
        return { path, external: true };
      }
    });
  },
};

/** A class that esbuild calls `_Name`, or `Name2`, within itself; up to where its body begins. */
const RENAMED_CLASS =
  /\b(?:var|let|const)\s+([\w$]+)=(?:[\w$]+=)?class\s+(?!\1\b)(?!extends\b)_*\1\d*(?:\s+extends\s+[^{}]+)?\{/g;

/**
 * Names of classes are tokens of Nest, names of migrations and schemas of the API. A class that names itself in its body gets another
 * name from esbuild, and this one gives the old one back. `keepNames` would do so too, and for each function, at each call.
 */
function withClassNames(bundle) {
  const named = (head, name) => `${head}static{Object.defineProperty(this,"name",{value:"${name}",configurable:true})}`;
  return bundle.replace(RENAMED_CLASS, named);
}

/** How often each name stands for a class; `text` as `pattern` reads it. */
function classNames(text, pattern) {
  const names = new Map();
  for (const [, ...found] of text.matchAll(pattern)) {
    const name = found.find((group) => group !== undefined);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return names;
}

/** Refuses a bundle with fewer classes of a name than what it was made of. `var Name=class{…}` is a class of that name, too. */
async function refuseRenamedClasses(output, bundle, inputs) {
  const found = classNames(
    bundle,
    /\bclass\s+(?!extends\b)([\w$]+)(?:\s+extends\s+[^{}]+)?\{(?!static\{Object\.defineProperty\(this,"name")|\b(?:var|let|const)\s+([\w$]+)=class(?=\{|\s+extends\b)|\{static\{Object\.defineProperty\(this,"name",\{value:"([\w$]+)"/g,
  );
  const sources = await Promise.all(inputs.map((input) => readFile(join(root, input), 'utf8')));
  const expected = classNames(
    sources.join('\n'),
    /^(?:exports\.\w+ = )?(?:let \w+ = (?:\w+ = )?)?class (?!extends\b)([\w$]+)/gm,
  );
  if (expected.size < 500) throw new Error(`${output}: only ${expected.size} classes were looked for`);
  for (const [name, count] of expected)
    if ((found.get(name) ?? 0) < count) throw new Error(`${output}: a class ${name} got another name`);
}

await rm(join(root, OUTPUT), { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ENTRIES,
  outdir: OUTPUT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The text stays in memory, twice: no indentation in it, but lines that a stack trace can name.
  minifyWhitespace: true,
  lineLimit: 160,
  sourcemap: 'linked',
  sourcesContent: false,
  external: APART,
  plugins: [optionalPackages],
  logOverride: { 'require-resolve-not-external': 'error' },
  logLevel: 'warning',
  metafile: true,
  write: false,
});
await mkdir(join(root, OUTPUT));
for (const { path, text } of outputFiles) {
  if (path.endsWith('.map')) {
    await writeFile(path, text);
    continue;
  }
  const output = relative(root, path).replaceAll('\\', '/');
  const bundle = withClassNames(text);
  const inputs = Object.keys(metafile.outputs[output].inputs);
  await refuseRenamedClasses(
    output,
    bundle,
    inputs.filter((input) => /^(apps|libs)\/|node_modules\/@nestjs\//.test(input)),
  );
  await writeFile(path, bundle);
}
