import { alertAgentLayer, withAlertAgent } from '../alertagent-receiver';
import type { AlertmanagerConfigInput } from '../alertmanager-config';
import { readAlertmanagerDocument } from '../check-alertmanager-config';
import type { ConfigurationDocument } from '../configuration-document';
import type { AlertmanagerConfigProblem } from '../problem';
import { insertSecrets, secretNames } from '../secrets';
import { mergeLayers, type ConfigurationLayer, type MergedLayers } from './merge-layers';

/** Something wrong with the sum of layers, or dangerous in it. */
export interface EffectiveProblem extends Omit<AlertmanagerConfigProblem, 'line' | 'column'> {
  /** The layers that the value at `pointer` comes from. */
  layers: string[];
  /** The versions of Alertmanager that it holds for. */
  versions: string[];
}

/** What the layers of a cluster add up to. */
export interface EffectiveConfiguration extends MergedLayers {
  /** The whole file as a document: the same with AlertAgent's route first. */
  file: ConfigurationDocument;
  /** Whether every one of the versions loads it. */
  valid: boolean;
  problems: EffectiveProblem[];
}

/** What an effective configuration depends on. */
export interface EffectiveInput {
  /** The closest to the cluster last. */
  layers: readonly ConfigurationLayer[];
  /** How AlertAgent is reached. */
  alertAgent: AlertmanagerConfigInput;
  /** Every version that must load it. */
  versions: readonly string[];
  secretOf: (name: string) => string | null;
}

/** The name in `provenance` of what AlertAgent itself puts below all layers. */
export const ALERTAGENT_LAYER = 'alertagent';
/** Fits wherever a secret may stand, so that what else is wrong can be found. */
const STAND_IN = 'http://missing/';

/**
 * Adds up layers, AlertAgent's own below them, and judges the sum by every version. AlertAgent's route is put into it without being
 * judged again; whoever renders the file does that.
 */
export function effectiveConfiguration({
  layers,
  alertAgent,
  versions,
  secretOf,
}: EffectiveInput): EffectiveConfiguration {
  const own = { name: ALERTAGENT_LAYER, document: alertAgentLayer(alertAgent) };
  const merged = mergeLayers([own, ...layers]);
  const file = withAlertAgent(merged.document, alertAgent);
  const layersAt = (pointer: string): string[] => layersOf(merged.provenance, pointer);
  const found = new Map<string, EffectiveProblem>();
  const add = (problem: Omit<EffectiveProblem, 'layers' | 'versions'>, version: string): void => {
    const key = JSON.stringify([problem.check, problem.pointer, problem.message]);
    const known = found.get(key);
    if (known) known.versions.push(version);
    else found.set(key, { ...problem, layers: layersAt(problem.pointer), versions: [version] });
  };
  for (const name of missingSecrets(merged.document, secretOf)) {
    const message = `the secret "${name}" was never given`;
    for (const version of versions) add({ check: 'missing_secret', severity: 'error', pointer: '', message }, version);
  }
  const value = insertSecrets(merged.document, (name) => secretOf(name) ?? STAND_IN);
  for (const version of versions) {
    const { problems } = readAlertmanagerDocument(value, { version });
    for (const { line: _line, column: _column, ...problem } of problems) add(problem, version);
  }
  // People cannot do anything about what AlertAgent brings itself.
  const problems = [...found.values()].filter(
    (problem) => problem.severity === 'error' || problem.layers.join() !== ALERTAGENT_LAYER,
  );
  return { ...merged, file, problems, valid: problems.every(({ severity }) => severity !== 'error') };
}

function missingSecrets(document: ConfigurationDocument, secretOf: (name: string) => string | null): string[] {
  return [...new Set(secretNames(document))].filter((name) => secretOf(name) === null);
}

/** The layers of everything at a place; of the nearest place above it when nothing is there. */
function layersOf(provenance: ReadonlyMap<string, string>, pointer: string): string[] {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const below = [...provenance].filter(([place]) => place === at || place.startsWith(`${at}/`));
    if (below.length > 0) return [...new Set(below.map(([, layer]) => layer))];
  }
  return [];
}
