import { getPolicyInForce, type PolicyInForce } from '@alertagent/contracts';
import { inTransaction, OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PolicyStore } from './policy-store';

/** What other services ask about the policy. */
@Controller()
export class PoliciesHandlers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
  ) {}

  @OnRequest(getPolicyInForce)
  inForce(): Promise<PolicyInForce> {
    return inTransaction(this.dataSource, async (tx) => {
      const version = await this.policies.currentVersion(tx);
      return { version, snapshot: await this.policies.snapshot(tx, version) };
    });
  }
}
