import type { ClusterTroubleChanged, ClusterTroubleKind } from '@alertagent/contracts';

const TEXTS: Record<ClusterTroubleKind, { alertname: string; severity: string; summary: string; what: string }> = {
  sidecar_silent: {
    alertname: 'AlertAgentSidecarSilent',
    severity: 'warning',
    summary: 'A sidecar is not heard any more',
    what: 'Changes of rules and configuration do not reach this member; it goes on with what it has. Look whether its sidecar runs and reaches AlertAgent',
  },
  member_unhealthy: {
    alertname: 'AlertAgentMemberUnhealthy',
    severity: 'warning',
    summary: 'A member of this cluster is not well',
    what: 'A replica, or the address of the cluster, does not answer as it should. Other replicas may do its work meanwhile',
  },
  cluster_critical: {
    alertname: 'AlertAgentClusterCritical',
    severity: 'critical',
    summary: 'No member of one type is heard in this cluster',
    what: 'Alerts of this cluster may not be evaluated or not arrive, and nobody would say so. Look at the cluster itself',
  },
  alert_path_broken: {
    alertname: 'AlertAgentAlertPathBroken',
    severity: 'critical',
    summary: 'Alerts of this cluster do not arrive',
    what: 'The canary of this cluster, an alert that always fires, is lost on its way. Real alerts take the same way',
  },
};

/** The body of a webhook from AlertAgent itself about a trouble of a cluster. */
export function clusterTroubleBody({ kind, type, subject, reason, since, ended_at }: ClusterTroubleChanged): string {
  const { alertname, severity, summary, what } = TEXTS[kind];
  const alert = {
    status: ended_at ? 'resolved' : 'firing',
    labels: { alertname, severity, source: 'alertagent', ...subjectLabels({ kind, type, subject }) },
    annotations: { summary, description: `${what} (${reason}).` },
    startsAt: since,
    endsAt: ended_at ?? '0001-01-01T00:00:00Z',
  };
  return JSON.stringify({ version: '4', receiver: 'alertagent', truncatedAlerts: 0, alerts: [alert] });
}

function subjectLabels({
  kind,
  type,
  subject,
}: Pick<ClusterTroubleChanged, 'kind' | 'type' | 'subject'>): Record<string, string> {
  if (kind === 'alert_path_broken') return { hop: type, ...(subject === '' ? {} : { prometheus_url: subject }) };
  return subject === '' ? {} : { member: subject, member_type: type };
}
