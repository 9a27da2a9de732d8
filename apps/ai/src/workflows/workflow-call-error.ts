/** Why a workflow could not be started. `message` is safe to store and show. */
export class WorkflowCallError extends Error {
  /**
   * `worthRetrying`: whether the same call may succeed later without anybody changing a configuration. `wasSent`: whether n8n may
   * have seen it and begun.
   */
  constructor(
    message: string,
    readonly worthRetrying: boolean,
    readonly wasSent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
