import type { ActionCall } from './action-executor';

/** Labels that an alert must have to be made quiet: what the parameters and the target name. */
export function matchedLabels({ parameters, target }: ActionCall): [name: string, value: string][] {
  const named: [string, unknown][] = [
    ['alertname', parameters['alertname']],
    ['instance', parameters['instance']],
    ['namespace', target.namespace],
    ['service', target.service],
  ];
  return named.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '');
}
