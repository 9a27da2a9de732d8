import fc from 'fast-check';
import { violations } from './invariants';
import { scenario } from './scenario';
import { simulate } from './simulate';

/** How a run over many seeds went. */
export interface SimulationReport {
  seeds: number;
  first_seed: number;
  events: number;
  incidents: number;
  failures: { seed: number; violations: string[]; smallest: unknown }[];
}

const MOST_FAILURES = 5;

/** Simulates one world for each seed; each failure is shrunk to the smallest world that shows it. */
export function simulateSeeds(firstSeed: number, seeds: number, onProgress: (done: number) => void): SimulationReport {
  const report: SimulationReport = { seeds, first_seed: firstSeed, events: 0, incidents: 0, failures: [] };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const result = fc.check(
      fc.property(scenario, (world) => {
        const outcome = simulate(world);
        report.events += outcome.accepted.length;
        report.incidents += outcome.rows.incidents.size;
        const found = violations(outcome);
        if (found.length > 0) throw new Error(found.join('\n'));
      }),
      { seed, numRuns: 1 },
    );
    if (result.failed && result.counterexample) {
      const [smallest] = result.counterexample;
      report.failures.push({ seed, violations: violations(simulate(smallest)), smallest });
      if (report.failures.length >= MOST_FAILURES) return report;
    }
    if ((seed - firstSeed) % 1000 === 999) onProgress(seed - firstSeed + 1);
  }
  return report;
}
