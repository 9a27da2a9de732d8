import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';
import { countOf } from '../stored-alerts';

const SIZES = [5_000, 10_000];
const MS_PER_ALERT = 1;
/** Makes 5,000 alerts 3.2 MB, as real ones are. */
const PADDING = 230;

/** One webhook carries a whole storm. */
export const gatewayLargeGroup: FaultRow = {
  id: 'F08',
  title: 'gateway: one group of 5,000 alerts (3.2 MB), one of 10,000',
  bar: '5,000 rows within 5 s, 10,000 accepted; stored whole',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const sizes = context.options.alerts === undefined ? SIZES : [context.options.alerts];
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'alert', { style: { padding: PADDING }, timeoutMs: 30_000 });
  const problems: string[] = [];
  const figures: RowResult['figures'] = {};
  // A first small one: what is measured is the storm, not the first use of everything.
  await sender.deliver({ from: 0, count: 5, status: 'firing' });
  for (const size of sizes) {
    const expected = sender.sentAlerts + size;
    const began = performance.now();
    const { status, ms } = await sender.deliver({ from: sender.sentAlerts, count: size, status: 'firing' });
    if (status !== 202) problems.push(`a group of ${size} alerts was answered with ${status}`);
    await pollUntil(async () => (await countOf(stand.database, 'SELECT COUNT(*) FROM alerts')) >= expected, {
      what: `${expected} stored alerts`,
      timeoutMs: 60_000,
    });
    const storedMs = Math.round(performance.now() - began);
    figures[`answered_${size}_ms`] = Math.round(ms);
    figures[`stored_${size}_ms`] = storedMs;
    if (storedMs > size * MS_PER_ALERT)
      problems.push(`${size} rows took ${storedMs} ms, not <= ${size * MS_PER_ALERT} ms`);
    context.log(`${size} alerts answered after ${Math.round(ms)} ms, stored after ${storedMs} ms`);
  }
  const findings = await checkInvariants(stand, { senders: [sender] });
  return { figures: { ...findings.figures, ...figures }, problems: [...problems, ...findings.problems] };
}
