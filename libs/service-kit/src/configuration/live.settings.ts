import { Max, Min } from 'class-validator';
import { DurationBetween } from './duration';
import { Setting } from './setting';

/** The stream of events that browsers and scripts follow over HTTP. */
export class LiveSettings {
  @Setting({ type: 'integer', doc: 'How many may follow one gateway at a time; more are refused with 503.' })
  @Min(1)
  @Max(10_000)
  max_clients: number = 200;

  @Setting({
    type: 'duration',
    doc: 'How often an idle stream says that it lives. Shorter than the idle timeout of any proxy in between.',
  })
  @DurationBetween('1s', '5m')
  heartbeat: number = 15_000;

  @Setting({
    type: 'integer',
    doc: 'How many of the last events are kept in memory. Who falls behind further is cut off and continues from the message server.',
  })
  @Min(10)
  @Max(100_000)
  recent_events: number = 1_000;
}
