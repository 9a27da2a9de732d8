import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs of Prometheus and Alertmanager that say whether a file is good. */
export const TOOLS = ['promtool', 'amtool'] as const;
export type ToolName = (typeof TOOLS)[number];

/** The environment variable that names the program, e.g. `ALERTAGENT_PROMTOOL_BIN`. */
export const toolVariable = (tool: ToolName): string => `ALERTAGENT_${tool.toUpperCase()}_BIN`;

/**
 * Path of a tool from its own variable, else from PATH; null when there is none. Errors: when the variable names
 * something that can't be run, because falling back would hide the mistake.
 */
export function findTool(tool: ToolName, env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env[toolVariable(tool)];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`${toolVariable(tool)} is set to ${named}, which is not a program that can be run`);
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, tool)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
