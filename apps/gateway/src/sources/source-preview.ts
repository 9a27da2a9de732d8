import { checkMapping, formatTag, normaliseAlert, readStoredWebhook, type FieldMapping } from '@alertagent/alerting';
import type { FieldProblem } from '@alertagent/contracts';
import { isoOrNull } from '../alerts/wire-time';
import type { AlertSourcePreview, AlertSourcePreviewInput, PreviewedAlert } from './alert-source.dto';

/** Only names what is wrong with a mapping for a format; empty when nothing is. Pointers begin at the mapping. */
export function mappingProblems(format: string, mapping: unknown): FieldProblem[] {
  const isGiven = mapping !== undefined && mapping !== null;
  if (format !== 'mapped') {
    if (!isGiven) return [];
    return [
      { pointer: '', code: 'not_wanted', detail: `the format ${format} is read without a mapping; leave it out` },
    ];
  }
  if (!isGiven) return [{ pointer: '', code: 'required', detail: 'the format mapped needs a mapping' }];
  const checked = checkMapping(mapping);
  return 'problems' in checked ? checked.problems : [];
}

/** What a message would become by a mapping, and what is wrong with either. Stores nothing. `now` is epoch milliseconds. */
export function previewSource({ format, mapping, sample }: AlertSourcePreviewInput, now: number): AlertSourcePreview {
  const ofMapping = mappingProblems(format, mapping);
  if (ofMapping.length > 0) return { alerts: [], problems: ofMapping.map((problem) => below('/mapping', problem)) };
  const context = { received_at: now, mapping: (mapping ?? null) as FieldMapping | null };
  const parsed = readStoredWebhook(formatTag(format, null), JSON.stringify(sample), context);
  if (!parsed.ok) return { alerts: [], problems: parsed.problems.map((problem) => below('/sample', problem)) };
  return {
    alerts: parsed.group.alerts.map(({ index, alert }) => previewed(index, alert)),
    problems: parsed.quarantined.map((problem) => below('/sample', problem)),
  };
}

function previewed(index: number, received: unknown): PreviewedAlert {
  const alert = normaliseAlert(received, '');
  const { status, name, severity, labels, annotations, starts_at, generator_url } = alert;
  return {
    index,
    status,
    name,
    severity,
    labels: { ...labels },
    annotations: { ...annotations },
    starts_at,
    start_assumed: alert.start_assumed === true,
    ends_at: isoOrNull(alert.ends_at_ms),
    generator_url,
  };
}

const below = (root: string, { pointer, code, detail }: FieldProblem): FieldProblem => ({
  pointer: root + pointer,
  code,
  detail,
});
