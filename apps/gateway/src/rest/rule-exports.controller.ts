import {
  exportRules,
  getCluster,
  getServedRuleFile,
  RuleExportQuery,
  ServiceError,
  type RuleExportFilter,
  type ServedRuleFilePart,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator';

/** Rules as files, over REST. */
@Controller('api/v1/rules')
export class RuleExportsController {
  constructor(private readonly bus: Bus) {}

  @Get('export')
  @RequireRole('viewer')
  @Header('content-type', 'application/yaml; charset=utf-8')
  @Operation({
    summary: 'Export rules as a rule file or as PrometheusRule resources, or the exact file that a cluster is served',
    description:
      'Everything Prometheus reads of a rule is there, with its parameters filled in and without what only some clusters have. Take a namespace at a time to get files whose groups keep their own names.',
    query: RuleExportQuery,
    isYaml: true,
  })
  async export(
    @QueryParams(RuleExportQuery) { cluster, ...filter }: RuleExportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!cluster) return this.printed(filter);
    if (Object.values(filter).some((value) => value !== undefined && value !== null && value !== 'prometheus')) {
      throw new ServiceError('invalid', 'the exact file of a cluster has no filters; leave them out', {
        errors: [{ pointer: '/cluster', code: 'ambiguous', detail: 'give cluster alone' }],
      });
    }
    const { id } = await this.bus.request(getCluster, { id: cluster });
    const { text, hash } = await this.served(id);
    void reply.header('etag', `"${hash}"`);
    return text;
  }

  private async printed(filter: RuleExportFilter): Promise<string> {
    let [text, cursor] = ['', null as string | null];
    do {
      const part = await this.bus.request(exportRules, { ...filter, cursor });
      text += part.text;
      cursor = part.next_cursor ?? null;
    } while (cursor !== null);
    return text;
  }

  /** From the beginning again when another revision came between two parts. */
  private async served(clusterId: string): Promise<{ text: string; hash: string }> {
    let [text, first] = ['', null as ServedRuleFilePart | null];
    for (let offset: number | null = 0; offset !== null;) {
      const part: ServedRuleFilePart = await this.bus.request(getServedRuleFile, { cluster_id: clusterId, offset });
      const isOther = first !== null && first.revision !== part.revision;
      first = isOther ? null : (first ?? part);
      text = isOther ? '' : text + part.text;
      offset = isOther ? 0 : (part.next_offset ?? null);
    }
    return { text, hash: first?.hash ?? '' };
  }
}
