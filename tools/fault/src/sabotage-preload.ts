import Module from 'node:module';
import { SABOTAGE_VARIABLE, SOURCE_BUGS, SOURCE_SABOTAGES } from './sabotage';

interface Compiling {
  _compile(content: string, filename: string): unknown;
}

/**
 * Loaded by node before a service: takes a guard out of the text of the file that has it, or puts a bug in. Nothing is written to disk.
 * Errors: the guard is not in its file any more, which would make the trial worthless.
 */
function takeOut(name: string): void {
  const sabotage = SOURCE_SABOTAGES[name] ?? SOURCE_BUGS[name];
  // A sabotage that is up to its row is not about sources.
  if (!sabotage) return;
  const prototype = Module.prototype as unknown as Compiling;
  const compile = prototype._compile;
  prototype._compile = function (this: Compiling, content: string, filename: string): unknown {
    if (!filename.endsWith(sabotage.file)) return compile.call(this, content, filename);
    const pieces = content.split(sabotage.guard);
    if (pieces.length !== 2) throw new Error(`${filename} has ${pieces.length - 1} times: ${sabotage.guard}`);
    return compile.call(this, pieces.join(sabotage.instead), filename);
  };
}

for (const name of (process.env[SABOTAGE_VARIABLE] ?? '').split(',')) takeOut(name);
