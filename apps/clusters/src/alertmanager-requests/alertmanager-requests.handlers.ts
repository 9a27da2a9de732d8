import {
  changeSilence,
  createSilence,
  expireSilence,
  getAlertmanagerStatus,
  getSilence,
  listActiveAlerts,
  listAlertmanagerStatus,
  listSilences,
  mergeActiveAlerts,
  mergeSilences,
  type ActiveAlertPage,
  type AlertmanagerStatus,
  type AlertmanagerStatusPage,
  type ById,
  type ChangeSilence,
  type CreateSilence,
  type ExpireSilence,
  type FoundSilence,
  type ListActiveAlerts,
  type ListSilences,
  type MergedAlertsQuery,
  type MergedSilencesQuery,
  type PageQuery,
  type SilencePage,
  type SilenceRef,
  type SilenceWritten,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ActiveAlerts } from './active-alerts';
import { AlertmanagerStatuses } from './alertmanager-statuses';
import { SilenceLists } from './silence-lists';
import { SilencesService } from './silences.service';

/** What others ask of the Alertmanagers behind the clusters. */
@Controller()
export class AlertmanagerRequestsHandlers {
  constructor(
    private readonly statuses: AlertmanagerStatuses,
    private readonly alerts: ActiveAlerts,
    private readonly lists: SilenceLists,
    private readonly silences: SilencesService,
  ) {}

  @OnRequest(getAlertmanagerStatus)
  status({ id }: ById): Promise<AlertmanagerStatus> {
    return this.statuses.get(id);
  }

  @OnRequest(listAlertmanagerStatus)
  listStatus(query: PageQuery): Promise<AlertmanagerStatusPage> {
    return this.statuses.list(query);
  }

  @OnRequest(listActiveAlerts)
  listAlerts(query: ListActiveAlerts): Promise<ActiveAlertPage> {
    return this.alerts.list(query);
  }

  @OnRequest(mergeActiveAlerts)
  mergeAlerts(query: MergedAlertsQuery): Promise<ActiveAlertPage> {
    return this.alerts.merge(query);
  }

  @OnRequest(listSilences)
  listSilences(query: ListSilences): Promise<SilencePage> {
    return this.lists.list(query);
  }

  @OnRequest(mergeSilences)
  mergeSilences(query: MergedSilencesQuery): Promise<SilencePage> {
    return this.lists.merge(query);
  }

  @OnRequest(getSilence)
  getSilence(query: SilenceRef): Promise<FoundSilence> {
    return this.lists.get(query);
  }

  @OnRequest(createSilence)
  create(query: CreateSilence): Promise<SilenceWritten> {
    return this.silences.create(query);
  }

  @OnRequest(changeSilence)
  change(query: ChangeSilence): Promise<SilenceWritten> {
    return this.silences.change(query);
  }

  @OnRequest(expireSilence)
  expire(query: ExpireSilence): Promise<SilenceWritten> {
    return this.silences.expire(query);
  }
}
