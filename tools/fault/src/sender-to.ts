import { join } from 'node:path';
import type { RowContext } from './row';
import { Sender, type SenderOptions } from './sender';
import type { Stand } from './stand';

/** A sender to all gateways of the stand, with its ledger in the row's folder. Two senders of a row need two prefixes. */
export function senderTo(
  stand: Stand,
  { options, directory }: RowContext,
  prefix = 'alert',
  more: Partial<SenderOptions> = {},
): Sender {
  return new Sender({
    urls: () => stand.webhookUrls,
    token: stand.cluster.token,
    prefix,
    seed: options.seed,
    ledger: join(directory, `${prefix}.jsonl`),
    ...more,
  });
}
