/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** Path of the key, e.g. `alertmanager.clusters[1].endpoint`, or the name of an environment variable. */
  key: string;
  /** Where it was written, e.g. `alertagent.yml:12` or `environment ALERTAGENT_HTTP_PORT`. */
  source?: string;
  /** What is wrong and what to do. Never holds the value of a secret. */
  detail: string;
}

/** The configuration can't be used. The message lists every problem, so that one edit is enough. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(
      [
        `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was started:`,
        ...problems.map(({ key, source, detail }) => `  - ${key}${source ? ` (${source})` : ''}: ${detail}`),
      ].join('\n'),
    );
    this.name = 'ConfigurationError';
  }
}
