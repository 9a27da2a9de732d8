/**
 * What Node is told for a service, as in its image. A small nursery keeps a service at rest small; the gateway's is larger, since a storm
 * would empty it all the time. Without a limit its heap would grow to four times what is in use before it is collected.
 */
export const serviceNodeFlags = (service: string): string[] => [
  ...(service === 'gateway' ? ['--max-semi-space-size=16', '--max-old-space-size=256'] : ['--max-semi-space-size=1']),
  '--disable-proto=delete',
];
