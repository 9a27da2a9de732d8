import { ServiceError } from '@alertagent/contracts';
import { JsonBody, RequireRole } from '@alertagent/service-kit';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ProcessingRecordsStore, type RecordsOfAlert } from '../ledger/processing-records.store';
import { Operation } from '../openapi/operation.decorator';
import { ArchivedEvents } from './archived-events';
import { DecisionReplays } from './decision-replays';
import { DecisionReplayInput, DecisionReplayView, type ReplayedDecisionView } from './decisions.dto';

/** Events looked at from either end of an alert's life. */
const PER_END = 50;

/** Decisions that were taken, to take again. */
@Controller('api/v1/decisions')
export class DecisionsController {
  constructor(
    private readonly records: ProcessingRecordsStore,
    private readonly events: ProcessingRecordsStore,
    private readonly archive: ArchivedEvents,
    private readonly replays: DecisionReplays,
  ) {}

  @Post('replay')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Take stored decisions again, and compare: with the version they were taken with they come out the same',
    description:
      'Name an alert, or one event by inbox_id and alert_index. With policy_version: what another version would have decided.',
    body: DecisionReplayInput,
    response: DecisionReplayView,
  })
  async replay(@JsonBody(DecisionReplayInput) input: DecisionReplayInput): Promise<DecisionReplayView> {
    if (!input.alert_id) return this.one(input);
    const { events, count } = await this.ofAlert(input.alert_id);
    const items: ReplayedDecisionView[] = [];
    for (const record of events) items.push(await this.replays.compare(record, input.policy_version));
    return { identical: items.every(({ identical }) => identical === true), event_count: count, items };
  }

  private async ofAlert(alert_id: string): Promise<RecordsOfAlert> {
    const found = await this.records.ofAlert(alert_id, PER_END);
    if (found.count > 0) return found;
    throw new ServiceError(
      'not_found',
      'there is no such alert, or its events are in the archive: name them by inbox_id',
    );
  }

  private async one({ inbox_id, alert_index, policy_version }: DecisionReplayInput): Promise<DecisionReplayView> {
    if (!inbox_id) {
      const detail = 'name an alert by alert_id, or an event by inbox_id and alert_index';
      throw new ServiceError('invalid', detail, { errors: [{ pointer: '/alert_id', code: 'required', detail }] });
    }
    const record = await this.events.find(inbox_id, alert_index ?? 0);
    const archived = record === null ? await this.archive.find(inbox_id, alert_index ?? 0) : null;
    const found = record ?? archived?.record;
    if (!found) throw new ServiceError('not_found', 'there is no such event, or it has not been processed yet');
    const item = await this.replays.compare(found, policy_version, archived?.webhook);
    return { identical: item.identical === true, event_count: 1, items: [item] };
  }
}
