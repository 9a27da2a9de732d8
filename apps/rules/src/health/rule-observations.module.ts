import { Module } from '@nestjs/common';
import { RuleObservations } from './rule-observations';

@Module({ providers: [RuleObservations], exports: [RuleObservations] })
export class RuleObservationsModule {}
