import type { Forecast } from './calibration';

/** A stretch of confidences that are forecast alike. */
interface Block {
  weight: number;
  successes: number;
  /** Sum of the confidences, for the middle of the stretch. */
  confidences: number;
}

/** Cases of the overall rate that each block starts with, so that three lucky ones do not become certainty. */
const PRIOR_CASES = 4;

/**
 * Isotonic regression by pooling adjacent violators: the monotone function of the stated confidence that fits past outcomes best,
 * drawn in straight lines between the blocks. It assumes only that a higher confidence does not mean less.
 */
export function fitRecalibration(past: readonly Forecast[]): (confidence: number) => number {
  if (past.length === 0) return (confidence) => confidence;
  const rate = past.filter(({ outcome }) => outcome).length / past.length;
  const points = pooled(past).map(({ weight, successes, confidences }) => ({
    x: confidences / weight,
    y: (successes + PRIOR_CASES * rate) / (weight + PRIOR_CASES),
  }));
  return (confidence) => between(points, confidence);
}

function pooled(past: readonly Forecast[]): Block[] {
  const blocks: Block[] = [];
  for (const { confidence, outcome } of [...past].sort((a, b) => a.confidence - b.confidence)) {
    blocks.push({ weight: 1, successes: Number(outcome), confidences: confidence });
    for (let last = blocks.at(-1), before = blocks.at(-2); before && last && isOutOfOrder(before, last);) {
      blocks.splice(-2, 2, {
        weight: before.weight + last.weight,
        successes: before.successes + last.successes,
        confidences: before.confidences + last.confidences,
      });
      [before, last] = [blocks.at(-2), blocks.at(-1)];
    }
  }
  return blocks;
}

/** Equal confidences belong together, too: a forecast must not depend on the order in which they came. */
function isOutOfOrder(before: Block, last: Block): boolean {
  return (
    before.successes / before.weight >= last.successes / last.weight ||
    before.confidences / before.weight === last.confidences / last.weight
  );
}

function between(points: readonly { x: number; y: number }[], x: number): number {
  const after = points.findIndex((point) => point.x >= x);
  if (after === -1) return points.at(-1)!.y;
  const right = points[after]!;
  const left = points[after - 1];
  if (!left || right.x === left.x) return right.y;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}
