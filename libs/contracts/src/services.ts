/** The services that own subjects, streams and tables. One name = one process = one NATS user. */
export const SERVICE_NAMES = ['gateway', 'rules', 'clusters', 'config', 'ai'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];
