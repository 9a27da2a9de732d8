import { parseDocument } from 'yaml';
import { listOf, recordOf, ruleIdentity, type RuleIdentity } from './rule-identity';
import type { ConfigType } from './settings';
import { UnusableConfig } from './unusable-config';

/**
 * Reads a configuration file and lists the rules in it (none for Alertmanager). Throws UnusableConfig for what is not
 * UTF-8, not one YAML document, or not of the expected shape: a truncated file is often still YAML, and a reload
 * would accept it and drop what is missing.
 */
export function readConfig(body: Uint8Array, type: ConfigType): RuleIdentity[] {
  const content = parseYaml(body);
  return type === 'prometheus-rules' ? readRuleFile(content) : readAlertmanagerConfig(content);
}

function parseYaml(body: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new UnusableConfig('the file is not UTF-8 text');
  }
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error) throw new UnusableConfig(`the file is not YAML (${error.code} at character ${error.pos[0]})`);
  const content: unknown = document.toJS();
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new UnusableConfig('the file is not a YAML mapping');
  return recordOf(content);
}

function readRuleFile(content: Record<string, unknown>): RuleIdentity[] {
  if (!Array.isArray(content['groups'])) throw new UnusableConfig('the file has no list of groups');
  return listOf(content['groups']).flatMap((entry) => {
    const group = recordOf(entry);
    return listOf(group['rules']).map((item) => readRule(group, recordOf(item)));
  });
}

function readRule(group: Record<string, unknown>, rule: Record<string, unknown>): RuleIdentity {
  const isAlert = typeof rule['alert'] === 'string';
  const name = isAlert ? rule['alert'] : rule['record'];
  if (typeof name !== 'string' || typeof group['name'] !== 'string')
    throw new UnusableConfig('a rule or its group has no name');
  const labels = { ...recordOf(group['labels']), ...recordOf(rule['labels']) };
  return ruleIdentity(group['name'], { name, isAlert, labels, annotations: rule['annotations'] });
}

function readAlertmanagerConfig(content: Record<string, unknown>): RuleIdentity[] {
  const hasRoute = Object.keys(recordOf(content['route'])).length > 0;
  if (!hasRoute || listOf(content['receivers']).length === 0)
    throw new UnusableConfig('the file has no route or no receivers');
  return [];
}
