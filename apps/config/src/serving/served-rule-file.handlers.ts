import {
  getServedRuleFile,
  ServiceError,
  type GetServedRuleFile,
  type ServedRuleFilePart,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { RevisionsStore } from '../revisions/revisions.store';

/** A message is limited in size; a character may take several bytes, and more in JSON. */
const PART_CHARACTERS = 120_000;

/** Shows the very file that the sidecars of a cluster get. */
@Controller()
export class ServedRuleFileHandlers {
  constructor(private readonly revisions: RevisionsStore) {}

  @OnRequest(getServedRuleFile)
  async part({ cluster_id, offset }: GetServedRuleFile): Promise<ServedRuleFilePart> {
    const served = await this.revisions.served({ clusterId: cluster_id, type: 'prometheus-rules' });
    if (!served) throw new ServiceError('not_found', 'no rule file is served to the cluster yet');
    const { revision, hash, content } = served;
    const end = Math.min(content.length, offset + PART_CHARACTERS);
    // Never between the two halves of a character.
    const isSplit = /[\ud800-\udbff]/.test(content.charAt(end - 1)) && end < content.length;
    const next = isSplit ? end - 1 : end;
    return { revision, hash, text: content.slice(offset, next), next_offset: next < content.length ? next : null };
  }
}
