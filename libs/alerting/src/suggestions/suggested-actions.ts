import type { CatalogueEntry } from '../automation/catalogue-entry';
import { checkRequest, type AlertFacts, type CheckedRequest } from '../automation/check-request';

/** A suggestion that names an action of the catalogue. */
export interface SuggestedAction {
  entry: CatalogueEntry;
  /** Its place among the suggestions, from 0. */
  rank: number;
  /** Complete; null when the alert does not say all that the action needs. */
  request: CheckedRequest | null;
  /** Why it cannot be asked for; null when it can. */
  problem: string | null;
}

/**
 * The suggestions that are the exact id of an action. Any other text is for people to read. Target and parameters come from the
 * alert and the catalogue: nothing else that a model writes is looked at.
 */
export function suggestedActions(
  texts: readonly string[],
  catalogue: ReadonlyMap<string, CatalogueEntry>,
  alert: AlertFacts,
): SuggestedAction[] {
  const seen = new Set<string>();
  return texts.flatMap((text, rank) => {
    const entry = catalogue.get(text.trim());
    if (!entry || seen.has(entry.id)) return [];
    seen.add(entry.id);
    const { request, problems } = checkRequest(entry, { target: null, parameters: null }, alert);
    const [problem] = problems;
    return [
      {
        entry,
        rank,
        request: problem ? null : request,
        problem: problem ? `${problem.pointer}: ${problem.detail}` : null,
      },
    ];
  });
}
