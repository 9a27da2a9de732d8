import { readConfig } from './read-config';
import type { RuleIdentity } from './rule-identity';
import { loadedFile, type LoadedFile } from './rule-proof';
import type { ConfigType } from './settings';
import { UnusableConfig } from './unusable-config';

/** A body to parse: a configuration file, or an answer of `/api/v1/rules`. */
export type ParseTask =
  { kind: 'config'; body: Uint8Array; type: ConfigType } | { kind: 'loaded'; body: Uint8Array; configPath: string };

/** What came out; `unusable` says why nothing could. Errors do not cross processes as classes, so they are values here. */
export type ParseAnswer = { rules: RuleIdentity[] } | { file: LoadedFile } | { unusable: string };

/** Does the task in the calling process. */
export function runParseTask(task: ParseTask): ParseAnswer {
  try {
    if (task.kind === 'config') return { rules: readConfig(task.body, task.type) };
    return {
      file: loadedFile(
        Buffer.from(task.body.buffer, task.body.byteOffset, task.body.length).toString('utf8'),
        task.configPath,
      ),
    };
  } catch (error) {
    if (error instanceof UnusableConfig) return { unusable: error.message };
    return {
      unusable: task.kind === 'loaded' ? 'the target did not answer with a rule list' : 'the file cannot be parsed',
    };
  }
}
