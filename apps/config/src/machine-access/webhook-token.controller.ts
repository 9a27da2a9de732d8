import { issueClusterToken } from '@alertagent/contracts';
import { actorOf, Bus, CurrentPrincipal, JsonBody, RequireClusterToken, type Principal } from '@alertagent/service-kit';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { ownClusterOf } from './own-cluster';

const MAX_TOKEN_NAME = 200;

/** Body of `POST /api/v1/configs/webhook-token`. */
export class WebhookTokenInput {
  /** The Alertmanager replica that will send with it. */
  @IsString() @MinLength(1) @MaxLength(200) member!: string;
}

/** The token, shown once. */
export interface WebhookTokenAnswer {
  token: string;
}

/**
 * Lets a sidecar obtain what its Alertmanager authenticates with, so that nobody has to carry a second secret to the
 * machine. It grants no more than the sync token's own cluster.
 */
@Controller('api/v1/configs/webhook-token')
export class WebhookTokenController {
  constructor(private readonly bus: Bus) {}

  /** Errors: `not_found` when the cluster is gone, `unavailable` when `clusters` is. */
  @Post()
  @HttpCode(201)
  @RequireClusterToken('sync')
  async issue(
    @JsonBody(WebhookTokenInput) { member }: WebhookTokenInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookTokenAnswer> {
    const { token } = await this.bus.request(issueClusterToken, {
      cluster_id: ownClusterOf(principal),
      purpose: 'webhook',
      name: `sidecar ${member}`.slice(0, MAX_TOKEN_NAME),
      actor: actorOf(principal),
    });
    return { token };
  }
}
