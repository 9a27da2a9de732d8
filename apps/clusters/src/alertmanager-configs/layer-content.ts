import { compileMatchers, readLayerDocument, type ConfigurationDocument, type LayerScope } from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerLayerInput,
  type AlertmanagerLayerScope,
  type AlertmanagerLayerSummary,
  type AlertmanagerLayerVersionSummary,
  type AlertmanagerLayerView,
  type FieldProblem,
} from '@alertagent/contracts';
import type { StoredLayerVersion } from './layer-version.entity';
import type { LayerContent, StoredLayer } from './layer.entity';
import { LONGEST_SECRET_NAME } from './secret.entity';

/** What an input says, and the secrets that stood in it. */
export interface ReadLayer {
  content: LayerContent;
  secrets: ReadonlyMap<string, string>;
}

/** Layers add up to what must fit into one message. */
const LONGEST_DOCUMENT = 200_000;

/**
 * Reads an input; the names of its secrets begin with the layer's id. `clusterId` is that of the cluster in the scope, null when there is
 * no such cluster. Errors: `invalid`, with every pointer.
 */
export function readLayer(input: AlertmanagerLayerInput, layerId: string, clusterId: string | null): ReadLayer {
  const { name, scope } = input;
  const { document, secrets, problems } = readLayerDocument(input.document as ConfigurationDocument, layerId);
  const all: FieldProblem[] = [
    ...scopeProblems(scope, clusterId),
    ...problems.map((problem) => ({ ...problem, pointer: `/document${problem.pointer}` })),
    ...sizeProblems(document, [...secrets.keys()]),
    ...(name === 'alertagent'
      ? [{ pointer: '/name', code: 'reserved_name', detail: 'is what AlertAgent itself puts below all layers' }]
      : []),
  ];
  if (all.length > 0) throw invalidInput(all);
  const { kind } = scope;
  const matchers = kind === 'selector' ? (scope.matchers ?? []) : [];
  const rank = kind === 'selector' ? (scope.rank ?? 0) : 0;
  return { content: { name, kind, matchers, rank, clusterId, document }, secrets };
}

/** The refusal of an input, with everything that is wrong with it. */
export function invalidInput(problems: FieldProblem[]): ServiceError {
  const errors = problems.slice(0, 100).map((problem) => ({ ...problem, detail: problem.detail.slice(0, 300) }));
  const [first] = errors;
  return new ServiceError('invalid', `${first?.pointer ?? ''}: ${first?.detail ?? ''}`.slice(0, 200), { errors });
}

function scopeProblems(scope: AlertmanagerLayerScope, clusterId: string | null): FieldProblem[] {
  const { kind, matchers, rank, cluster } = scope;
  const problem = (field: string, code: string, detail: string): FieldProblem[] => [
    { pointer: `/scope/${field}`, code, detail },
  ];
  return [
    ...(kind === 'selector' && (matchers ?? []).length === 0
      ? problem('matchers', 'required', 'a selector needs matchers; the layer of all clusters is the organisation’s')
      : []),
    ...(kind !== 'selector' && matchers ? problem('matchers', 'not_here', 'only selectors have matchers') : []),
    ...(kind !== 'selector' && rank ? problem('rank', 'not_here', 'only selectors have a rank') : []),
    ...(kind === 'cluster' && clusterId === null ? problem('cluster', 'not_found', 'there is no such cluster') : []),
    ...(kind !== 'cluster' && cluster ? problem('cluster', 'not_here', 'only the layer of one cluster names one') : []),
    ...(matchers ?? []).flatMap((text, index) => {
      const fault = matcherFault(text);
      return fault === null ? [] : problem(`matchers/${index}`, 'not_a_matcher', fault);
    }),
  ];
}

function matcherFault(text: string): string | null {
  try {
    compileMatchers([text]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'is not readable';
  }
}

function sizeProblems(document: ConfigurationDocument, secrets: string[]): FieldProblem[] {
  const problem = (code: string, detail: string): FieldProblem[] => [{ pointer: '/document', code, detail }];
  return [
    ...(JSON.stringify(document).length > LONGEST_DOCUMENT
      ? problem('too_long', `a layer holds at most ${LONGEST_DOCUMENT} characters of JSON`)
      : []),
    ...(secrets.some((name) => name.length > LONGEST_SECRET_NAME)
      ? problem('too_long', 'the names above a secret are too long to make a name of them')
      : []),
  ];
}

/** The one kind of which there may be only one. */
export function onlyOneOf({ kind, clusterId }: LayerContent): string | null {
  if (kind === 'selector') return null;
  return kind === 'cluster' ? `cluster ${clusterId!}` : kind;
}

/** Whether saving `b` over `a` would change nothing. */
export function isSameContent(a: LayerContent, b: LayerContent): boolean {
  const text = ({ name, kind, matchers, rank, clusterId, document }: LayerContent): string =>
    JSON.stringify([name, kind, matchers, rank, clusterId, document]);
  return text(a) === text(b);
}

/** The scope as `selectLayers` takes it. */
export function scopeOf({ kind, matchers, rank, clusterId }: LayerContent): LayerScope {
  if (kind === 'selector') return { kind, matchers, rank };
  return kind === 'cluster' ? { kind, cluster_id: clusterId ?? '' } : { kind };
}

/** The scope as the API shows it. */
export function scopeView({ kind, matchers, rank, clusterId }: LayerContent): AlertmanagerLayerScope {
  if (kind === 'selector') return { kind, matchers, rank };
  return kind === 'cluster' ? { kind, cluster: clusterId } : { kind };
}

/** A layer in lists. */
export function layerSummary(layer: StoredLayer): AlertmanagerLayerSummary {
  const { id, name, version, author, reason } = layer;
  const [created_at, updated_at] = [layer.createdAt.toISOString(), layer.updatedAt.toISOString()];
  return { id, name, scope: scopeView(layer), version, author, reason, created_at, updated_at };
}

/** A layer as the API shows it. */
export const layerView = (layer: StoredLayer): AlertmanagerLayerView => ({
  ...layerSummary(layer),
  document: layer.document,
});

/** A version in lists. */
export function versionSummary(row: StoredLayerVersion): AlertmanagerLayerVersionSummary {
  const { version, change, author, reason, createdAt } = row;
  return { version, change, author, reason, created_at: createdAt.toISOString() };
}
