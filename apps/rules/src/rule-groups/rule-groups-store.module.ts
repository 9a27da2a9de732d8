import { Module } from '@nestjs/common';
import { RuleGroupsStore } from './rule-groups.store';

@Module({ providers: [RuleGroupsStore], exports: [RuleGroupsStore] })
export class RuleGroupsStoreModule {}
