import { compileSchedules } from './schedule';

/** Tells nights, 22:00 to 06:00, in a time zone. Null for a time zone that does not exist. */
export function nightsIn(time_zone: string): ((at: number) => boolean) | null {
  const { value, problems } = compileSchedules({ night: { time_zone, times: [{ from: '22:00', to: '06:00' }] } });
  return problems.length > 0 ? null : value.get('night')!;
}
