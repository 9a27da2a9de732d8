import { Module } from '@nestjs/common';
import { EscalationsHandlers } from './escalations.handlers';
import { EscalationsService } from './escalations.service';
import { EscalationsStore } from './escalations.store';

@Module({
  controllers: [EscalationsHandlers],
  providers: [EscalationsService, EscalationsStore],
  exports: [EscalationsStore],
})
export class EscalationsModule {}
