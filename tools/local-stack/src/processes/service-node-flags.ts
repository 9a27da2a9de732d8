/** Mebibytes of the nursery of a service at rest. */
const SMALL = 1;

/** … of those that hold many objects at once for a moment: rules, when it works on thousands of them; the gateway, in a storm. */
const LARGER: Readonly<Record<string, number>> = { gateway: 16, rules: 4 };

/**
 * What Node is told for a service. A small nursery keeps a service at rest small; one that is emptied all the time costs
 * more time than the work. Without a limit the gateway's heap would grow to four times what is in use before it is collected.
 */
export const serviceNodeFlags = (service: string): string[] => [
  `--max-semi-space-size=${LARGER[service] ?? SMALL}`,
  ...(service === 'gateway' ? ['--max-old-space-size=256'] : []),
  '--disable-proto=delete',
];
