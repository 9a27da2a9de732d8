import { Module } from '@nestjs/common';
import { ClustersStoreModule } from '../clusters/clusters-store.module';
import { TokenIssuer } from './token-issuer';
import { TokensHandlers } from './tokens.handlers';
import { TokensService } from './tokens.service';
import { TokensStore } from './tokens.store';

@Module({
  imports: [ClustersStoreModule],
  controllers: [TokensHandlers],
  providers: [TokenIssuer, TokensService, TokensStore],
  exports: [TokenIssuer],
})
export class TokensModule {}
