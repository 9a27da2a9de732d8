import { ExchangeFailed } from './http-exchange';
import { pause } from './pause';
import type { LoadProof } from './rule-proof';
import type { ConfigContent, Target } from './target';

/**
 * How a reload ended. `loaded` is proven. `pending` = the target could not be asked, nothing is known against the
 * file. `refused` = the target judged it. `unproven` = it hung, or said yes and runs something else.
 */
export type BringUpOutcome =
  | { kind: 'loaded'; proof: LoadProof; since: number | null }
  | { kind: 'pending'; reason: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'unproven'; reason: string };

/** Longest pause between two looks at what the target runs, in ms. */
const LOOK_MS = 500;

/**
 * Reloads the target and reads back what it runs. The answer 200 proves nothing (Prometheus gives it for an empty
 * file too): only the read-back makes the outcome `loaded`.
 */
export async function bringUp(options: {
  target: Target;
  content: ConfigContent;
  deadlineMs: number;
  signal: AbortSignal;
  onReloaded: () => void;
}): Promise<BringUpOutcome> {
  const { target, content } = options;
  const answer = await target.reload();
  if (answer.kind === 'refused') return answer;
  if (answer.kind === 'hung') return { kind: 'unproven', reason: answer.reason };
  if (answer.kind === 'unreachable') return { kind: 'pending', reason: answer.reason };
  const since = answer.kind === 'accepted' ? answer.at : null;
  // The reload could not be asked for (no permission, wrong path); the target may still follow its file by itself.
  if (answer.kind === 'unusable') return lookOnce(target, content, answer.reason);
  options.onReloaded();
  return readBack(options, since);
}

async function readBack(
  options: { target: Target; content: ConfigContent; deadlineMs: number; signal: AbortSignal },
  since: number | null,
): Promise<BringUpOutcome> {
  const deadline = performance.now() + options.deadlineMs;
  let wait = 20;
  for (;;) {
    const look = await lookAt(options.target, options.content, since);
    if (look.kind === 'loaded' || look.kind === 'pending') return look;
    if (performance.now() >= deadline)
      return { kind: 'unproven', reason: `the reload was answered with success, but ${look.reason}` };
    await pause(wait, options.signal);
    wait = Math.min(LOOK_MS, wait * 2);
  }
}

async function lookOnce(target: Target, content: ConfigContent, reason: string): Promise<BringUpOutcome> {
  const look = await lookAt(target, content, null);
  return look.kind === 'loaded' ? look : { kind: 'pending', reason };
}

async function lookAt(target: Target, content: ConfigContent, since: number | null): Promise<BringUpOutcome> {
  try {
    const proof = await target.prove(content, since);
    return proof.loaded
      ? { kind: 'loaded', proof, since }
      : { kind: 'unproven', reason: proof.detail ?? 'the target runs something else' };
  } catch (error) {
    if (!(error instanceof ExchangeFailed)) throw error;
    if (error.kind === 'unreachable')
      return { kind: 'pending', reason: `the target cannot be reached: ${error.message}` };
    return { kind: 'unproven', reason: `what it runs cannot be read (${error.message})` };
  }
}
