import { Module } from '@nestjs/common';
import { RuleGroupsStoreModule } from '../rule-groups/rule-groups-store.module';
import { RulesStoreModule } from '../rules/rules-store.module';
import { ApprovalGate } from './approval-gate';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { HeldRules } from './held-rules';
import { PolicedGroups } from './policed-groups';
import { RuleApprovalsStore } from './rule-approvals.store';

@Module({
  imports: [RuleGroupsStoreModule, RulesStoreModule],
  providers: [ApprovalGate, ApprovalPoliciesStore, HeldRules, PolicedGroups, RuleApprovalsStore],
  exports: [ApprovalGate, ApprovalPoliciesStore, HeldRules, PolicedGroups, RuleApprovalsStore],
})
export class ApprovalGateModule {}
