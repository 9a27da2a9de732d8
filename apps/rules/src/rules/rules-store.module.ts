import { Module } from '@nestjs/common';
import { RulesStore } from './rules.store';

@Module({ providers: [RulesStore], exports: [RulesStore] })
export class RulesStoreModule {}
