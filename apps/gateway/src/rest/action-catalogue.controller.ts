import {
  CataloguePage,
  getKillSwitches,
  KillSwitches,
  KillSwitchInput,
  listCatalogue,
  ServiceError,
  setKillSwitch,
} from '@alertagent/contracts';
import { actorOf, Bus, CurrentPrincipal, JsonBody, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Get, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** Which actions there are, and the switches that stop them. */
@Controller('api/v1/automation')
export class ActionCatalogueController {
  constructor(private readonly bus: Bus) {}

  @Get('catalogue')
  @RequireRole('viewer')
  @Operation({ summary: 'The actions that may be asked for; there are no others', response: CataloguePage })
  catalogue(): Promise<CataloguePage> {
    return this.bus.request(listCatalogue, {});
  }

  @Get('kill-switch')
  @RequireRole('viewer')
  @Operation({ summary: 'The switches that stop everything, or one action', response: KillSwitches })
  killSwitches(): Promise<KillSwitches> {
    return this.bus.request(getKillSwitches, {});
  }

  @Put('kill-switch')
  @RequireRole('operator')
  @Operation({
    summary: 'Throw or release a kill switch',
    description:
      'Thrown, it stops at once what has not begun, and whatever would begin. Operators may throw it, only administrators release it. What it stopped must be asked for again.',
    body: KillSwitchInput,
    response: KillSwitches,
  })
  setKillSwitch(
    @JsonBody(KillSwitchInput) input: KillSwitchInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KillSwitches> {
    // To stop is easy, to go on is a decision.
    if (!input.engaged && !(principal.kind === 'user' && principal.role === 'admin'))
      throw new ServiceError('forbidden', 'only an administrator may release a kill switch');
    return this.bus.request(setKillSwitch, { ...input, actor: actorOf(principal) });
  }
}
