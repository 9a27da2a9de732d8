import { pointerTo } from '../../problems';
import { valuesOf } from '../routing/walk-routes';
import type { WarningCheck } from './warning';

/** "Local" means the clock of the machine that Alertmanager happens to run on, which in a container is UTC. */
export const localTime: WarningCheck = (document) =>
  ['time_intervals', 'mute_time_intervals'].flatMap((list) =>
    document.list(list).flatMap((named, at) =>
      valuesOf(named)
        .list('time_intervals')
        .flatMap((interval, index) => {
          if (valuesOf(interval).text('location') !== 'Local') return [];
          const message = 'follows the clock of whatever machine Alertmanager runs on; name a time zone';
          return [{ check: 'local_time', message, pointer: pointerTo(list, at, 'time_intervals', index, 'location') }];
        }),
    ),
  );
