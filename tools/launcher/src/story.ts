import type { RuleDistribution, RulePage } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { ApiClient } from './api-client';
import { LOCAL } from './local-cluster';
import { DEMO_RULE } from './starter-rules';
import { check, say } from './terminal';

const EACH_STEP_MS = 90_000;

interface Items<T> {
  items: T[];
}
interface IncidentSummary {
  id: string;
  title: string;
}
interface IncidentDetail {
  decision?: { action: string; reason: string } | null;
}

/** Watches the demo rule go round the loop and says each step when it was really seen over the API. */
export async function tellStory(api: ApiClient): Promise<void> {
  const { items: rules } = await api.get<RulePage>(`/rules?name=${DEMO_RULE}`);
  const rule = rules[0];
  if (!rule) {
    say(`  (the rule ${DEMO_RULE} was deleted, so there is nothing to watch)`);
    return;
  }
  const seen = <T>(what: string, look: () => Promise<T>): Promise<NonNullable<T>> =>
    pollUntil(look, { what, timeoutMs: EACH_STEP_MS, intervalMs: 250 });

  const member = await seen('the rule to be live', async () => {
    const { targets } = await api.get<RuleDistribution>(`/rules/${rule.id}/distribution`);
    return targets.every((target) => target.status === 'live') ? targets[0]?.members[0] : undefined;
  });
  check(`rule ${rule.name} v${rule.version} is live on ${member.name}: read back from Prometheus and evaluated`);
  await seen('the alert to arrive', async () => (await api.get<Items<object>>(`/alerts?name=${DEMO_RULE}`)).items[0]);
  check('its alert came back through Alertmanager and was stored before it was acknowledged');
  const incident = await seen(
    'the incident to open',
    async () => (await api.get<Items<IncidentSummary>>('/incidents?status=open')).items[0],
  );
  check(`incident opened: ${incident.title}`);
  const decision = await seen(
    'the decision',
    async () => (await api.get<IncidentDetail>(`/incidents/${incident.id}`)).decision,
  );
  check(`decision: ${decision.action} (${decision.reason})`);
  say(`  the whole path: GET /api/v1/incidents/${incident.id}; cluster "${LOCAL}"`);
}
