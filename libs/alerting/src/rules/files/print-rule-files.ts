import { Document, visit, type Scalar } from 'yaml';
import { escapeUnsafe, proveReadBack, refuseBrokenText, type YamlValue } from '../../rendered-file';
import type { FileGroup, FileRule } from './rule-file-content';

/**
 * Prints groups as a rule file for people: what Prometheus reads is exactly what went in, expressions of several lines
 * stay so. Throws a RenderError when a value can not be written exactly.
 */
export function printRuleFile(groups: readonly FileGroup[]): string {
  return print({ groups: groups.map(groupEntry) });
}

/** What a PrometheusRule resource is called; see {@link resourceName}. */
export interface ResourceMetadata {
  name: string;
  namespace?: string | null;
  /** Prometheus Operator picks resources by them. */
  labels?: Record<string, string>;
}

/** Prints groups as a PrometheusRule resource. Throws as {@link printRuleFile} does. */
export function printRuleResource({ name, namespace, labels }: ResourceMetadata, groups: readonly FileGroup[]): string {
  return print({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
    },
    spec: { groups: groups.map(groupEntry) },
  });
}

const LONGEST_RESOURCE_NAME = 253;

/** The resource of a namespace of groups: `monitoring/node` is `node` in `monitoring`. Kubernetes takes few characters. */
export function resourceName(namespace: string): Pick<ResourceMetadata, 'name' | 'namespace'> {
  const [, space, name] = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/([a-z0-9][-.a-z0-9]*)$/.exec(namespace) ?? [];
  if (space !== undefined && name !== undefined) return { name: slug(name), namespace: space };
  return { name: slug(namespace) };
}

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}|-?\.-?/g, '.')
    .slice(0, LONGEST_RESOURCE_NAME)
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain || 'alertagent-rules';
}

function groupEntry({ name, interval, query_offset, limit, labels, rules }: FileGroup): YamlValue {
  return {
    name,
    ...(interval ? { interval } : {}),
    ...(query_offset ? { query_offset } : {}),
    ...(limit ? { limit } : {}),
    ...pairs('labels', labels),
    rules: rules.map(ruleEntry),
  };
}

function ruleEntry(rule: FileRule): YamlValue {
  return {
    ...(rule.alert === undefined ? { record: rule.record ?? '' } : { alert: rule.alert }),
    expr: rule.expr,
    ...(rule.for ? { for: rule.for } : {}),
    ...(rule.keep_firing_for ? { keep_firing_for: rule.keep_firing_for } : {}),
    ...pairs('labels', rule.labels),
    ...pairs('annotations', rule.annotations),
  };
}

function pairs(name: string, map: Record<string, string> | undefined): { [name: string]: YamlValue } {
  return map && Object.keys(map).length > 0 ? { [name]: map } : {};
}

function print(value: YamlValue): string {
  refuseBrokenText(value, []);
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(position, node) {
      if (typeof node.value === 'string') node.type = styleOf(node.value, position === 'key');
    },
  });
  const yaml = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  const content = escapeUnsafe(yaml);
  proveReadBack(content, value);
  return content;
}

const PLAIN_KEY = /^[A-Za-z]{3,}(?:_?[A-Za-z]+)*$/;
/** Words that YAML 1.1 takes for something else than text. */
const KEYWORD = /^(?:null|true|false|yes|no|on|off|nan|inf)$/i;
const PRINTABLE_LINES = /^[!-~][ -~]*(?:\n[ -~]*)*$/;
const PRINTABLE = /^[ -~]*$/;

/** Whatever may be misread is in double quotes, where everything can be escaped. */
function styleOf(text: string, isKey: boolean): Scalar.Type {
  if (isKey) return PLAIN_KEY.test(text) && !KEYWORD.test(text) ? 'PLAIN' : 'QUOTE_DOUBLE';
  if (text.includes('\n') && PRINTABLE_LINES.test(text) && !/ $/m.test(text)) return 'BLOCK_LITERAL';
  if (PRINTABLE.test(text) && /["\\]/.test(text)) return 'QUOTE_SINGLE';
  return 'QUOTE_DOUBLE';
}
