import { claimsFrom, type Claim } from './receipts/claim';

/**
 * An analysis read from a model's free text. Scores that are absent or not usable are null, which the decision
 * treats as a reason to escalate.
 */
export interface ParsedAnalysis {
  root_cause: string;
  severity_score: number | null;
  confidence: number | null;
  suggested_actions: string[];
  estimated_resolution_time: string | null;
  similar_incidents: { incident_id: string; similarity: number; resolution: string | null }[];
  recommended_team: string | null;
  /** What it states, with what it cites; nobody has checked it. */
  claims: Claim[];
}

const LONGEST_TEXT = 64 * 1024;
const LONGEST_CAUSE = 8000;
const LONGEST_ITEM = 500;
const MOST_ITEMS = 10;
/** Each attempt may read the whole text; text made of opening braces must not keep a service busy. */
const MOST_ATTEMPTS = 50;
const THINKING = /<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi;

/**
 * Finds the analysis in what a model answered: a JSON object, alone, in a code fence or amid prose, after any
 * `<think>` part. Everything in it is untrusted and of unknown type: lengths are bounded, wrong types are dropped,
 * scores outside 0..1 become null. Answers `error` when there is nothing to use.
 */
export function parseAnalysisText(text: string): ParsedAnalysis | { error: string } {
  if (text.length > LONGEST_TEXT || Buffer.byteLength(text) > LONGEST_TEXT) {
    return { error: `the answer is longer than ${LONGEST_TEXT} bytes` };
  }
  const answer = text.replace(THINKING, '').trim();
  if (answer === '') return { error: 'the answer is empty' };
  for (const candidate of objectsIn(answer)) {
    const analysis = analysisFrom(candidate);
    if (analysis !== null) return analysis;
  }
  return { error: 'the answer holds no JSON object with a root_cause' };
}

/** JSON objects in the text, outermost first, in order. */
function* objectsIn(text: string): Generator<Record<string, unknown>> {
  let at = text.indexOf('{');
  for (let attempt = 0; at !== -1 && attempt < MOST_ATTEMPTS; attempt++) {
    const end = endOfObject(text, at);
    const read = end === null ? null : parseLeniently(text.slice(at, end));
    if (read !== null) yield read;
    at = text.indexOf('{', read === null || end === null ? at + 1 : end);
  }
}

/** Offset after the brace that closes the one at `start`, strings skipped; null when none does. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function parseLeniently(json: string): Record<string, unknown> | null {
  // Python's json module writes NaN and Infinity where a score is missing.
  const repaired = json.replace(/("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g, (found, quoted) =>
    quoted ? found : 'null',
  );
  try {
    const read: unknown = JSON.parse(repaired);
    return isRecord(read) ? read : null;
  } catch {
    return null;
  }
}

function analysisFrom(read: Record<string, unknown>): ParsedAnalysis | null {
  const rootCause = text(read.root_cause, LONGEST_CAUSE);
  if (rootCause === null) return null;
  return {
    root_cause: rootCause,
    severity_score: score(read.severity_score),
    confidence: score(read.confidence),
    suggested_actions: list(read.suggested_actions).flatMap((item) => text(item, LONGEST_ITEM) ?? []),
    estimated_resolution_time: text(read.estimated_resolution_time, LONGEST_ITEM),
    similar_incidents: list(read.similar_incidents).flatMap((item) => similarIncident(item) ?? []),
    recommended_team: text(read.recommended_team, LONGEST_ITEM),
    claims: claimsFrom(read.claims),
  };
}

function similarIncident(item: unknown): ParsedAnalysis['similar_incidents'][number] | null {
  if (!isRecord(item)) return null;
  const incidentId = text(item.incident_id, LONGEST_ITEM);
  const similarity = score(item.similarity);
  if (incidentId === null || similarity === null) return null;
  return { incident_id: incidentId, similarity, resolution: text(item.resolution, LONGEST_ITEM) };
}

/** A number from 0 to 1, or text that is exactly one; "85%" or 8.5 could mean anything and count as no score. */
function score(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d*\.?\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 1 ? number : null;
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  return value.trim().slice(0, longest).toWellFormed();
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST_ITEMS) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
