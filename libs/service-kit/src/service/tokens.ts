/** Injection token of the process's root `Logger`. */
export const LOGGER = Symbol('alertagent-logger');

/** Injection token of the running service's name (`ServiceName`). */
export const SERVICE_NAME = Symbol('alertagent-service-name');
