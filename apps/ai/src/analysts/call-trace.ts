import { costMicros, estimatedTokens, MICROS, type Price } from '../budget/amounts';
import type { CallUsage } from '../budget/model-call';
import { reportedUsage, type ReportedUsage } from './reported-usage';
import type { Prompt } from './prompt';

/** What is known of a call of a model while it goes on, and after it. */
export class CallTrace {
  /** Dify's names of the call, of the run of a workflow that it is, and of its answer. */
  taskId: string | null = null;
  runId: string | null = null;
  messageId: string | null = null;
  private reported: ReportedUsage | null = null;
  private mayHaveWorked = false;
  private answer = '';

  /** The question goes out: from here on a model may work on it. */
  sent(): void {
    this.mayHaveWorked = true;
  }

  /** The server did not take it, or was never reached. */
  notTaken(): void {
    this.mayHaveWorked = false;
  }

  /** A piece of the answer. */
  wrote(text: string): void {
    this.answer += text;
  }

  /** Figures in the form of OpenAI or Dify; anything else is no report. */
  report(usage: unknown): void {
    this.reported = reportedUsage(usage) ?? this.reported;
  }

  /** What the call took: as reported, else as the texts suggest. */
  usage({ query }: Prompt, price: Price | null): CallUsage {
    if (this.reported) return usageFrom(this.reported, query, price);
    if (!this.mayHaveWorked) return { inputTokens: 0, outputTokens: 0, costMicros: 0, isEstimated: false };
    const [inputTokens, outputTokens] = [estimatedTokens(query), estimatedTokens(this.answer)];
    return {
      inputTokens,
      outputTokens,
      costMicros: price ? costMicros(price, inputTokens, outputTokens) : 0,
      isEstimated: true,
    };
  }
}

function usageFrom(reported: ReportedUsage, query: string, price: Price | null): CallUsage {
  const { total, cost } = reported;
  // Dify's workflows report only the sum.
  const inputTokens = reported.input ?? Math.min(total, estimatedTokens(query));
  const outputTokens = reported.output ?? total - inputTokens;
  const isSplitKnown = reported.input !== null && reported.output !== null;
  if (!price)
    return { inputTokens, outputTokens, costMicros: Math.round((cost ?? 0) * MICROS), isEstimated: cost === null };
  return {
    inputTokens,
    outputTokens,
    costMicros: costMicros(price, inputTokens, outputTokens),
    isEstimated: !isSplitKnown && price.input !== price.output,
  };
}
