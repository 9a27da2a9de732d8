import { formatDuration, parseDuration } from '@alertagent/alerting';
import { ServiceError, type Actor } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { iso } from '../alerts/wire-time';
import { acknowledgementOf, snoozeOf } from './incident-attention';
import { IncidentChange, type Deed } from './incident-change';
import { IncidentNotes } from './incident-notes';
import type { Acknowledgement, Snooze } from './incident-operations.dto';
import { isOver } from './incident-rows';

/** An acknowledgement or snooze that is longer has been forgotten, not meant. */
const LONGEST_MS = 90 * 24 * 3_600_000;

/** Acknowledging and snoozing incidents. */
@Injectable()
export class AttentionOperations {
  constructor(
    private readonly change: IncidentChange,
    private readonly notes: IncidentNotes,
  ) {}

  /** Errors: ServiceError `not_found`, `conflict` for an incident that is over, `invalid` for a time that makes no sense. */
  async acknowledge(id: string, input: Acknowledgement, actor: Actor): Promise<void> {
    await this.change.make(id, actor, (incident, now): Deed => {
      if (incident.status !== 'open') throw isOver(incident);
      const until = expiryOf(input, now);
      const end = until === null ? '' : ` until ${iso(until)}`;
      return {
        kind: 'acknowledged',
        why: `by ${actor.name}${end}`,
        changes: { acknowledged_by: actor.name, acknowledged_at: now, acknowledged_until: until },
        action: 'incident.acknowledged',
        also: async (tx) => {
          if (input.note) await this.notes.insert(tx, id, input.note, actor, now);
        },
      };
    });
  }

  /** Takes an acknowledgement back; one that is not there is taken back already. Errors: ServiceError `not_found`. */
  async unacknowledge(id: string, actor: Actor): Promise<void> {
    await this.change.make(id, actor, (incident, now) =>
      acknowledgementOf(incident, now) === null
        ? null
        : {
            kind: 'unacknowledged',
            why: `by ${actor.name}`,
            changes: NOT_ACKNOWLEDGED,
            action: 'incident.unacknowledged',
          },
    );
  }

  /** Errors: ServiceError `not_found`, `conflict` for an incident that is over, `invalid` for a time that makes no sense. */
  async snooze(id: string, { until, reason }: Snooze, actor: Actor): Promise<void> {
    await this.change.make(id, actor, (incident, now): Deed => {
      if (incident.status !== 'open') throw isOver(incident);
      const snoozed_until = futureTime(Date.parse(until), now, '/until');
      const why = `by ${actor.name} until ${iso(snoozed_until)}${reason ? `: ${reason}` : ''}`;
      return { kind: 'snoozed', why, changes: { snoozed_until }, action: 'incident.snoozed' };
    });
  }

  /** Ends a snooze; one that is not there has ended already. Errors: ServiceError `not_found`. */
  async unsnooze(id: string, actor: Actor): Promise<void> {
    await this.change.make(id, actor, (incident, now) =>
      snoozeOf(incident, now) === null
        ? null
        : {
            kind: 'unsnoozed',
            why: `by ${actor.name}`,
            changes: { snoozed_until: null },
            action: 'incident.unsnoozed',
          },
    );
  }
}

/** The columns of an incident that nobody works on. */
export const NOT_ACKNOWLEDGED = { acknowledged_by: null, acknowledged_at: null, acknowledged_until: null } as const;

function expiryOf({ until, for: span }: Acknowledgement, now: number): number | null {
  if (until && span) throw problem('/for', 'two_ends', 'give either until or for, not both');
  if (until) return futureTime(Date.parse(until), now, '/until');
  if (!span) return null;
  const ms = parseDuration(span);
  if (ms === null) throw problem('/for', 'bad_duration', 'must be a duration such as 2h');
  return futureTime(now + ms, now, '/for');
}

function futureTime(at: number, now: number, pointer: string): number {
  if (at > now && at - now <= LONGEST_MS) return at;
  throw problem(pointer, 'bad_time', `must end in the future, and within ${formatDuration(LONGEST_MS)}`);
}

function problem(pointer: string, code: string, detail: string): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer, code, detail }] });
}
