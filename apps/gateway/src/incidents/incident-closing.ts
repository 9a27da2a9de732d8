import { type Actor } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { IncidentChange } from './incident-change';
import type { IncidentClosing } from './incident-operations.dto';
import { isOver } from './incident-rows';
import { Incident } from './incident.entity';

/**
 * Closing an incident to new alerts. People cannot resolve an incident whose alerts fire: it is resolved when its members are. What they
 * can do is send the group's next alerts elsewhere.
 */
@Injectable()
export class IncidentClosings {
  constructor(private readonly change: IncidentChange) {}

  /** One that takes none already stays as it is. Errors: ServiceError `not_found`, `conflict` when it is over. */
  async close(id: string, { reason }: IncidentClosing, actor: Actor): Promise<void> {
    await this.change.make(id, actor, (incident) => {
      if (incident.status !== 'open') throw isOver(incident);
      if (incident.open_key === null) return null;
      return {
        kind: 'closed_to_new_alerts',
        why: `by ${actor.name}${reason ? `: ${reason}` : ''}`,
        changes: { open_key: null },
        action: 'incident.closed_to_new_alerts',
        // Incidents merged into it pass theirs on no more.
        also: async (tx) => void (await tx.update(Incident, { merged_into: id }, { open_key: null })),
      };
    });
  }
}
