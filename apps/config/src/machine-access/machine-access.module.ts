import { Authenticator } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { ClusterTokenAuthenticator } from './cluster-token-authenticator';
import { WebhookTokenController } from './webhook-token.controller';

/** Who may call this service. */
@Module({
  controllers: [WebhookTokenController],
  providers: [{ provide: Authenticator, useClass: ClusterTokenAuthenticator }],
  exports: [Authenticator],
})
export class MachineAccessModule {}
