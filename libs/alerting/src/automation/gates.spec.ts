import fc from 'fast-check';
import { decide } from '../decisions/decide';
import { defaultThresholds } from '../decisions/decision-policy';
import { suggestedActions } from '../suggestions/suggested-actions';
import { BUILT_IN_CATALOGUE } from './built-in-catalogue';
import { closedGates, type GateFacts } from './gates';

const entry = { ...BUILT_IN_CATALOGUE[0]!, allows_autonomy: true };
const facts = (changes: Partial<GateFacts> = {}): GateFacts => ({
  entry,
  is_stopped: false,
  is_approved: false,
  is_earned: true,
  is_autonomy_on: true,
  use: { begun_last_hour: 0, under_way: 0, targets_last_hour: 1 },
  ...changes,
});

describe('the gates of an action', () => {
  it('are open without a person only if the operator, the catalogue and the record all say so', () => {
    expect(closedGates(facts())).toEqual([]);
    expect(closedGates(facts({ is_autonomy_on: false }))).toEqual(['approval']);
    expect(closedGates(facts({ is_earned: false }))).toEqual(['approval']);
    expect(closedGates(facts({ entry: { ...entry, allows_autonomy: false } }))).toEqual(['approval']);
  });

  it('stay closed over an approval while the kill switch is thrown or a cap is reached', () => {
    expect(closedGates(facts({ is_approved: true, is_stopped: true }))).toEqual(['kill_switch']);
    const use = { begun_last_hour: 10, under_way: 2, targets_last_hour: 4 };
    expect(closedGates(facts({ is_approved: true, use }))).toEqual(['rate_cap', 'concurrency_cap', 'blast_radius']);
  });

  it('are the same whatever a model says about itself', () => {
    const catalogue = new Map(BUILT_IN_CATALOGUE.map((each) => [each.id, each]));
    const alert = { cluster: 'c', labels: { service: 'web', namespace: 'shop', alertname: 'Down' } };
    const said = (severity_score: number, confidence: number, extra: string) => ({
      decision: decide(
        { severity_score, confidence, suggested_actions: ['restart_service', extra], recommended_team: extra },
        { thresholds: defaultThresholds, rules: [] },
      ),
      suggested: suggestedActions(['restart_service', extra], catalogue, alert),
    });
    const gatesOf = ({ suggested }: ReturnType<typeof said>): unknown =>
      suggested.map((each) => [
        each.entry.id,
        each.request,
        closedGates(facts({ entry: each.entry, is_earned: false })),
      ]);
    const expected = gatesOf(said(0.1, 0.1, ''));
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.string(), (severity, confidence, text) => {
        expect(gatesOf(said(severity, confidence, text))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(expected).toEqual([['restart_service', expect.anything(), ['approval']]]);
  });
});
