import type { SuppressionDefinition } from '../../policy/policy-document';
import { normaliseAlert } from '../../webhook/normalised-alert';
import { SuppressionPreview, type PastEpisode, type PreviewResult } from './preview';

const MINUTE = 60_000;
const START = Date.parse('2026-11-22T00:00:00Z');
const NOW = START + 24 * 60 * MINUTE;

const maintenance: SuppressionDefinition = {
  id: 'tried',
  name: 'tried',
  kind: 'maintenance',
  owner: 'ops',
  reason: 'next week',
  starts_at_ms: NOW,
  ends_at_ms: NOW + MINUTE,
  match: ['service="api"'],
};
const inhibition: SuppressionDefinition = {
  ...maintenance,
  kind: 'inhibition',
  match: ['severity="warning"'],
  source: ['severity="critical"'],
  equal: ['service'],
};

/** Heard of at minute `at` of the day, over at minute `end`. */
function episode(at: number, end: number | null, labels: Record<string, string> = {}): PastEpisode {
  const startsAt = new Date(START + at * MINUTE).toISOString();
  const wire = {
    status: 'firing',
    labels: { alertname: 'Slow', service: 'api', severity: 'warning', ...labels },
    startsAt,
  };
  return {
    id: `episode ${at}`,
    alert: normaliseAlert(wire, 'c'),
    at: START + at * MINUTE,
    ends_at_ms: end === null ? null : START + end * MINUTE,
  };
}

function preview(definition: SuppressionDefinition, episodes: PastEpisode[]): PreviewResult {
  const tried = SuppressionPreview.of(definition, NOW);
  if (Array.isArray(tried)) throw new Error(JSON.stringify(tried));
  for (const one of episodes) tried.add(one);
  return tried.finish();
}

const outline = ({ first }: PreviewResult) =>
  first.map(({ id, hidden_ms, released }) => [id, hidden_ms / MINUTE, released]);

describe('the preview of a suppression', () => {
  it('tries one that is yet to come as if it had been in force all the time', () => {
    const result = preview(maintenance, [
      episode(1, 11),
      episode(2, 4, { alertname: 'Down', severity: 'critical' }),
      episode(3, 4, { service: 'web' }),
      episode(1430, null),
    ]);
    expect(result).toMatchObject({
      episodes: 4,
      hidden: 3,
      critical: 1,
      released: 0,
      hidden_ms: 22 * MINUTE,
      by_severity: { warning: 2, critical: 1 },
      by_name: [
        { name: 'Slow', hidden: 2 },
        { name: 'Down', hidden: 1 },
      ],
    });
    expect(outline(result)).toEqual([
      ['episode 1', 10, false],
      ['episode 2', 2, false],
      ['episode 1430', 10, false],
    ]);
  });

  it('keeps to windows that recur, and shows who would have been heard of after them', () => {
    const recurrence = { cron: '0 2 * * *', time_zone: 'UTC', duration: '1h' };
    const result = preview({ ...maintenance, ends_at_ms: null, recurrence }, [
      episode(119, 130),
      episode(120, 125),
      episode(150, 300),
      episode(180, 200),
    ]);
    expect(outline(result)).toEqual([
      ['episode 120', 5, false],
      ['episode 150', 30, true],
    ]);
  });

  it('counts the duration of a condition from the start of each alert', () => {
    const condition: SuppressionDefinition = {
      ...maintenance,
      kind: 'condition',
      condition: "name == 'Slow'",
      duration: '5m',
    };
    expect(outline(preview(condition, [episode(1, 3), episode(10, 30)]))).toEqual([
      ['episode 1', 2, false],
      ['episode 10', 5, true],
    ]);
  });

  it('hides consequences for as long as one of their causes fires', () => {
    const cause = { alertname: 'Down', severity: 'critical' };
    const result = preview(inhibition, [
      episode(1, 5),
      episode(10, 30, cause),
      episode(11, 100),
      episode(12, 20),
      episode(13, 100, { service: 'web' }),
      episode(25, 60, { ...cause, alertname: 'Down too' }),
      episode(70, 80),
    ]);
    expect(outline(result)).toEqual([
      ['episode 11', 49, true],
      ['episode 12', 8, false],
    ]);
  });

  it('lets the first through that a cap allows', () => {
    const cap: SuppressionDefinition = {
      ...maintenance,
      kind: 'rate_cap',
      cap: { alerts: 2, window: '1h', per: ['alertname'] },
    };
    const result = preview(
      cap,
      [1, 2, 3, 4, 61, 62, 63].map((at) => episode(at, at + 1)),
    );
    expect(result.first.map(({ id }) => id)).toEqual(['episode 3', 'episode 4', 'episode 63']);
  });

  it('is refused for what could not be saved either', () => {
    expect(SuppressionPreview.of({ ...maintenance, match: [] }, NOW)).toMatchObject([{ code: 'matches_everything' }]);
  });
});
