import {
  deleteAlertmanagerSecret,
  getDesiredAlertmanagerConfig,
  getEffectiveAlertmanagerConfig,
  judgeAlertmanagerConfig,
  listAlertmanagerSecrets,
  previewAlertmanagerLayer,
  setAlertmanagerSecret,
  testAlertmanagerRoute,
  type AlertmanagerLayerPreview,
  type AlertmanagerRoutes,
  type AlertmanagerSecretPage,
  type AlertmanagerSecretView,
  type AlertmanagerTextInput,
  type AlertmanagerVerdict,
  type ById,
  type DeleteAlertmanagerSecret,
  type DesiredAlertmanagerConfig,
  type Done,
  type EffectiveAlertmanagerConfig,
  type ListAlertmanagerSecrets,
  type PreviewAlertmanagerLayer,
  type SetAlertmanagerSecret,
  type TestAlertmanagerRoute,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { EffectiveReader } from './effective-reader';
import { LayerPreviews } from './layer-previews';
import { SecretsService } from './secrets.service';

/** What others ask of effective Alertmanager configurations and of the secrets in them. */
@Controller()
export class AlertmanagerConfigsHandlers {
  constructor(
    private readonly effective: EffectiveReader,
    private readonly previews: LayerPreviews,
    private readonly secrets: SecretsService,
  ) {}

  @OnRequest(getEffectiveAlertmanagerConfig)
  show({ id }: ById): Promise<EffectiveAlertmanagerConfig> {
    return this.effective.show(id);
  }

  @OnRequest(previewAlertmanagerLayer)
  preview(query: PreviewAlertmanagerLayer): Promise<AlertmanagerLayerPreview> {
    return this.previews.preview(query);
  }

  @OnRequest(testAlertmanagerRoute)
  route(query: TestAlertmanagerRoute): Promise<AlertmanagerRoutes> {
    return this.effective.route(query);
  }

  @OnRequest(judgeAlertmanagerConfig)
  judge(query: AlertmanagerTextInput): Promise<AlertmanagerVerdict> {
    return Promise.resolve(this.effective.judge(query));
  }

  @OnRequest(getDesiredAlertmanagerConfig)
  desired({ id }: ById): Promise<DesiredAlertmanagerConfig> {
    return this.effective.desired(id);
  }

  @OnRequest(listAlertmanagerSecrets)
  listSecrets(query: ListAlertmanagerSecrets): Promise<AlertmanagerSecretPage> {
    return this.secrets.list(query);
  }

  @OnRequest(setAlertmanagerSecret)
  setSecret(query: SetAlertmanagerSecret): Promise<AlertmanagerSecretView> {
    return this.secrets.set(query);
  }

  @OnRequest(deleteAlertmanagerSecret)
  async deleteSecret(query: DeleteAlertmanagerSecret): Promise<Done> {
    await this.secrets.delete(query);
    return { done: true };
  }
}
