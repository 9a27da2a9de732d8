import { Max, Min } from 'class-validator';
import { DurationBetween } from './duration';
import { Setting } from './setting';

/** What guards the way of a configuration to its clusters. */
export class DistributionSettings {
  @Setting({
    type: 'integer',
    doc: "A rule file that lacks more than this percentage of a cluster's rules is refused until the cluster's name is repeated.",
  })
  @Min(1)
  @Max(100)
  max_removed_percent: number = 30;

  @Setting({ type: 'integer', doc: 'Removals of fewer rules than this need no confirmation, whatever their share.' })
  @Min(1)
  @Max(20_000)
  min_removed_rules: number = 5;

  @Setting({
    type: 'duration',
    doc: 'Removals are counted against the most rules that were served within this time: rules are mostly deleted one by one.',
  })
  @DurationBetween('1s', '1d')
  removal_window: number = 600_000;

  @Setting({
    type: 'duration',
    doc: 'A member that said nothing for this long is unreachable for rollouts; more than twice the sync interval of the sidecars.',
  })
  @DurationBetween('15s', '1h')
  silent_after: number = 90_000;
}
