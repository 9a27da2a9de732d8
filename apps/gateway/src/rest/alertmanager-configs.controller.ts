import {
  AlertmanagerRoutes,
  AlertmanagerRouteTestInput,
  AlertmanagerSecretInput,
  AlertmanagerSecretPage,
  AlertmanagerSecretView,
  AlertmanagerTextInput,
  AlertmanagerVerdict,
  deleteAlertmanagerSecret,
  EffectiveAlertmanagerConfig,
  getEffectiveAlertmanagerConfig,
  judgeAlertmanagerConfig,
  ListAlertmanagerSecrets,
  listAlertmanagerSecrets,
  SetAlertmanagerSecret,
  setAlertmanagerSecret,
  testAlertmanagerRoute,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What clusters' Alertmanagers run, and the secrets in it, over REST; the clusters service owns both. */
@Controller('api/v1')
export class AlertmanagerConfigsController {
  constructor(private readonly bus: Bus) {}

  @Get('clusters/:id/alertmanager-config')
  @RequireRole('viewer')
  @Operation({
    summary:
      "What a cluster's Alertmanagers run: the sum of its layers, where each value comes from, and what is wrong with it",
    response: EffectiveAlertmanagerConfig,
  })
  effective(@Param('id') id: string): Promise<EffectiveAlertmanagerConfig> {
    return this.bus.request(getEffectiveAlertmanagerConfig, { id });
  }

  @Post('clusters/:id/alertmanager-config/test-route')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Show which receivers would get an alert with these labels, and whether a time interval mutes it',
    body: AlertmanagerRouteTestInput,
    response: AlertmanagerRoutes,
  })
  testRoute(
    @Param('id') id: string,
    @JsonBody(AlertmanagerRouteTestInput) input: AlertmanagerRouteTestInput,
  ): Promise<AlertmanagerRoutes> {
    return this.bus.request(testAlertmanagerRoute, { ...input, id });
  }

  @Post('alertmanager/validate')
  @HttpCode(200)
  @RequireRole('viewer')
  @Operation({
    summary: 'Find everything that is wrong with an alertmanager.yml, by the rules of one version of Alertmanager',
    body: AlertmanagerTextInput,
    response: AlertmanagerVerdict,
  })
  validate(@JsonBody(AlertmanagerTextInput) input: AlertmanagerTextInput): Promise<AlertmanagerVerdict> {
    return this.bus.request(judgeAlertmanagerConfig, input);
  }

  @Get('alertmanager/secrets')
  @RequireRole('operator')
  @Operation({
    summary: 'List the secrets of Alertmanager configurations, without their values',
    query: ListAlertmanagerSecrets,
    response: AlertmanagerSecretPage,
  })
  secrets(@QueryParams(ListAlertmanagerSecrets) query: ListAlertmanagerSecrets): Promise<AlertmanagerSecretPage> {
    return this.bus.request(listAlertmanagerSecrets, query);
  }

  @Put('alertmanager/secrets/:name')
  @RequireRole('admin')
  @Operation({
    summary: 'Give a secret, or a new value to one; no answer ever holds it',
    path: SetAlertmanagerSecret,
    body: AlertmanagerSecretInput,
    response: AlertmanagerSecretView,
  })
  setSecret(
    @Param('name') name: string,
    @JsonBody(AlertmanagerSecretInput) { value }: AlertmanagerSecretInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AlertmanagerSecretView> {
    return this.bus.request(setAlertmanagerSecret, { name, value, actor: actorOf(principal) });
  }

  @Delete('alertmanager/secrets/:name')
  @HttpCode(204)
  @RequireRole('admin')
  @Operation({
    summary: 'Delete a secret; refused while a layer refers to it',
    path: SetAlertmanagerSecret,
    status: 204,
  })
  async deleteSecret(@Param('name') name: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.bus.request(deleteAlertmanagerSecret, { name, actor: actorOf(principal) });
  }
}
