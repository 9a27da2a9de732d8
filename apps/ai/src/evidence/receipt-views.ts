import { evidenceHash, type CheckedClaim, type EvidenceItem } from '@alertagent/alerting';
import type { AnalysisResult, ClaimView, EvidenceView } from '@alertagent/contracts';
import { scrubSecrets } from '../analysts/scrub-secrets';

const LONGEST_EXCERPT = 2_000;

/** What an analysis shows of the evidence, and of the claims that were held against it. */
export const receiptsOf = (
  items: readonly EvidenceItem[],
  claims: readonly CheckedClaim[],
): Pick<AnalysisResult, 'evidence' | 'claims'> => ({
  evidence: items.map(evidenceView),
  claims: claims.map(claimView),
});

function evidenceView({ id, kind, title, query, value }: EvidenceItem): EvidenceView {
  const text = scrubSecrets(JSON.stringify(value));
  const excerpt = text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text;
  return { id, kind, title, query, sha256: evidenceHash(value), excerpt: excerpt.toWellFormed() };
}

const claimView = ({ text, evidence, checks, isKept, reason }: CheckedClaim): ClaimView => ({
  text: scrubSecrets(text).slice(0, 1_000).toWellFormed(),
  evidence,
  checks: checks.map(({ value, ...check }) => ({ ...check, value: scrubSecrets(String(value)).slice(0, 1_000) })),
  verdict: isKept ? 'kept' : 'struck',
  reason: reason?.slice(0, 500).toWellFormed() ?? null,
});
