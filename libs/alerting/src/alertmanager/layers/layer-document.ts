import { excerpt, pointerTo, type FieldProblem } from '../../problems';
import { RenderError, renderYaml } from '../../rendered-file';
import { isAlertAgents } from '../alertagent-receiver';
import { readAlertmanagerDocument, type ReadConfiguration } from '../check-alertmanager-config';
import type { ConfigurationDocument } from '../configuration-document';
import { insertSecrets, separateSecrets, type DocumentValue, type SeparatedSecrets } from '../secrets';

/** A document that somebody wrote as a layer. */
export interface LayerDocument {
  /** Without secrets: each that stood in it is a reference now. */
  document: ConfigurationDocument;
  secrets: SeparatedSecrets['secrets'];
  /** What is wrong with it whatever the other layers hold. */
  problems: FieldProblem[];
}

/** Faults that no other layer can mend. What is required may come from one, and is judged in the sum. */
const OWN_FAULTS: ReadonlySet<string> = new Set(['syntax', 'unknown_field', 'type', 'empty_item', 'duplicate_key']);
/** Lists whose items are merged by name: twice the same name would be lost. */
const NAMED = ['receivers', 'time_intervals', 'mute_time_intervals', 'inhibit_rules'];
/** Newer than any: a layer may be for clusters of several versions, which are judged one by one. */
const NEWEST = { version: '1.0.0' };
/** Fits wherever a secret may stand. */
const STAND_IN = 'http://secret/';
/** What Alertmanager shows of a secret. */
const HIDDEN = '<secret>';

/** Looks at one layer by itself and takes its secrets out; `prefix` comes before their names. */
export function readLayerDocument(document: ConfigurationDocument, prefix: string): LayerDocument {
  const read = readAlone(document);
  if (Array.isArray(read)) return { document, secrets: new Map(), problems: read };
  const faults = read.problems.filter(({ check }) => OWN_FAULTS.has(check));
  const separated = separateSecrets(document as { [key: string]: DocumentValue }, read.secrets, prefix);
  const problems = [
    ...faults.map(({ pointer, check, message }) => ({ pointer, code: check, detail: message })),
    ...repeatedNames(document),
    ...takenName(document),
    ...[...separated.secrets]
      .filter(([, value]) => value === HIDDEN)
      .map(([name]) => ({
        pointer: '',
        code: 'hidden_secret',
        detail: `${excerpt(name)} is ${HIDDEN}, not the secret`,
      })),
  ];
  return { document: separated.document as ConfigurationDocument, secrets: separated.secrets, problems };
}

function readAlone(document: ConfigurationDocument): ReadConfiguration | FieldProblem[] {
  try {
    const value = insertSecrets(document, () => STAND_IN);
    renderYaml(value);
    return readAlertmanagerDocument(value, NEWEST);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return [{ pointer: '', code: 'unusable_text', detail: error.reason }];
  }
}

function repeatedNames(document: ConfigurationDocument): FieldProblem[] {
  return NAMED.flatMap((list) => {
    const names = itemsOf(document, list).map((item) =>
      typeof item === 'object' && item !== null && 'name' in item ? item.name : null,
    );
    return names.flatMap((name, index) =>
      typeof name === 'string' && names.indexOf(name) < index
        ? [
            {
              pointer: pointerTo(list, index, 'name'),
              code: 'duplicate_name',
              detail: `"${excerpt(name)}" exists twice`,
            },
          ]
        : [],
    );
  });
}

function takenName(document: ConfigurationDocument): FieldProblem[] {
  const at = itemsOf(document, 'receivers').findIndex(isAlertAgents);
  const detail = 'is the name of the receiver that AlertAgent adds itself';
  return at < 0 ? [] : [{ pointer: pointerTo('receivers', at, 'name'), code: 'reserved_name', detail }];
}

function itemsOf(document: ConfigurationDocument, list: string): DocumentValue[] {
  const items = document[list];
  return Array.isArray(items) ? items : [];
}
