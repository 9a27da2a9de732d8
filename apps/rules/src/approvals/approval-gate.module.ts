import { Module } from '@nestjs/common';
import { RulesStoreModule } from '../rules/rules-store.module';
import { ApprovalGate } from './approval-gate';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { HeldRules } from './held-rules';
import { RuleApprovalsStore } from './rule-approvals.store';

@Module({
  imports: [RulesStoreModule],
  providers: [ApprovalGate, ApprovalPoliciesStore, HeldRules, RuleApprovalsStore],
  exports: [ApprovalGate, ApprovalPoliciesStore, HeldRules, RuleApprovalsStore],
})
export class ApprovalGateModule {}
