import type { IncidentEvent, IncidentResolved } from '@alertagent/contracts';
import { Inbox, isUniqueViolation, type Delivery } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { IncidentLessons } from '../lessons/incident-lessons';
import type { Analysis } from './analysis';
import { IncidentAnalyses } from './incident-analyses';
import { WakeUp } from '../requests/wake-up';

/** What incidents mean for this service: one that opens is analysed, once, unless it is over first; all are remembered, and what was found out is kept. */
@Injectable()
export class IncidentNews {
  constructor(
    private readonly inbox: Inbox,
    private readonly incidents: KnownIncidentsStore,
    private readonly analyses: IncidentAnalyses,
    private readonly wakeUp: WakeUp,
    private readonly lessons: IncidentLessons,
  ) {}

  /** The same incident under another message id, as after a lost stream, changes nothing either. */
  async opened(event: IncidentEvent, delivery: Delivery): Promise<void> {
    await this.once(delivery, async (tx) => {
      await this.incidents.remember(tx, event, null);
      await this.analyses.begin(tx, event);
    });
    this.wakeUp.ring();
  }

  /** May be heard before the opening. */
  async resolved(event: IncidentResolved, delivery: Delivery): Promise<void> {
    let dropped: Analysis[] = [];
    await this.once(delivery, async (tx) => {
      await this.incidents.remember(tx, event, new Date(event.resolved_at));
      dropped = await this.analyses.drop(tx, event.incident_id);
      // What one that was merged into another was about is learned from that one.
      if (!event.merged_into) await this.lessons.learn(tx, event.incident_id);
    });
    this.analyses.dropped(dropped);
  }

  private async once(delivery: Delivery, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    try {
      await this.inbox.once(delivery, work);
    } catch (error) {
      // Lost against other news of the same incident at the same time; that is committed by now, so it is seen this time.
      if (!isUniqueViolation(error)) throw error;
      await this.inbox.once(delivery, work);
    }
  }
}
