import { Module } from '@nestjs/common';
import { AnalysesStoreModule } from '../analyses/analyses-store.module';
import { DeadLettersStoreModule } from './dead-letters-store.module';
import { DeadLettersHandlers } from './dead-letters.handlers';
import { DeadLettersService } from './dead-letters.service';
import { Replay } from './replay';

@Module({
  imports: [AnalysesStoreModule, DeadLettersStoreModule],
  controllers: [DeadLettersHandlers],
  providers: [DeadLettersService, Replay],
})
export class DeadLettersModule {}
