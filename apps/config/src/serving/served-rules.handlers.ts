import { readRenderedFile } from '@alertagent/alerting';
import { getServedRules, ServiceError, type GetClusterSync, type ServedRules } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ServedRevisions } from './served-revisions';

/** Answers what a cluster's Prometheis are served, also while the database is away. */
@Controller()
export class ServedRulesHandlers {
  constructor(private readonly served: ServedRevisions) {}

  @OnRequest(getServedRules)
  async get({ cluster_id }: GetClusterSync): Promise<ServedRules> {
    const answer = await this.served.current({ clusterId: cluster_id, type: 'prometheus-rules' });
    if (!answer) throw new ServiceError('not_found', 'this cluster is served no rules yet');
    const { revision, hash, rules, body } = answer.served;
    return {
      cluster_id,
      revision,
      hash,
      rules,
      content: readRenderedFile(body.toString('utf8')),
      age_seconds: Math.floor(answer.ageMs / 1000),
    };
  }
}
