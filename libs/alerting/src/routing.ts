import { excerpt } from './problems';

/** Which workflow analyses which incidents; the `routing` section of the configuration. */
export interface Routing {
  default_workflow: string;
  rules: { match: Record<string, string>; workflow: string }[];
}

/** The workflow of the first rule whose pairs all equal the labels, else the default. `why` names the rule. */
export function pickWorkflow(routing: Routing, labels: Record<string, string>): { workflow: string; why: string } {
  for (const [index, rule] of routing.rules.entries()) {
    const pairs = Object.entries(rule.match);
    if (pairs.every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value)) {
      const matched = pairs.map(([name, value]) => `${excerpt(name)}="${excerpt(value)}"`).join(', ');
      return {
        workflow: rule.workflow,
        why: `routing rule ${index + 1} matched: ${matched || 'it has no conditions'}`,
      };
    }
  }
  return { workflow: routing.default_workflow, why: 'no routing rule matched: default workflow' };
}
