import {
  cancelRuleImport,
  getRuleImport,
  listRuleImportResults,
  listRuleImports,
  PageQuery,
  parsePayload,
  RuleImportInput,
  RuleImportPage,
  RuleImportQuery,
  RuleImportResultFilter,
  RuleImportResultPage,
  RuleImportView,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  QueryParams,
  refuseControlCharacters,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import {
  Controller,
  createParamDecorator,
  Get,
  HttpCode,
  Param,
  Post,
  Res,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Operation } from '../openapi/operation.decorator';
import { RuleImportSender } from '../rule-imports/rule-import-sender';
import { LARGEST_UPLOAD, RuleUpload, UPLOADS } from '../rule-imports/rule-upload';

/** The file or archive that is the body; null for a body of JSON. */
const Uploaded = createParamDecorator((_data: unknown, context: ExecutionContext): RuleUpload | null => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return body instanceof RuleUpload ? body : null;
});

/** The body of JSON; null for a file or an archive. */
const ImportInput = createParamDecorator((_data: unknown, context: ExecutionContext): RuleImportInput | null => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body instanceof RuleUpload) return null;
  refuseControlCharacters(body);
  return parsePayload(RuleImportInput, body, { unknownFields: 'refuse' });
});

/** Taking rules in, over REST; the rules service does it in the background. */
@Controller('api/v1/rules')
export class RuleImportsController {
  constructor(
    private readonly bus: Bus,
    private readonly sender: RuleImportSender,
  ) {}

  @Post('import')
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({
    summary: 'Take in rule files, PrometheusRule resources, a folder, an archive, or what a live Prometheus runs',
    description:
      'Runs in the background; follow it at the Location, and read what became of each rule under …/results. The same import again changes nothing. Instead of JSON, the body may be a rule file (application/yaml) or a tar archive (application/x-tar, application/gzip), with the options as the query. At most 8 MiB.',
    body: RuleImportInput,
    uploads: UPLOADS,
    largestBody: LARGEST_UPLOAD,
    query: RuleImportQuery,
    status: 202,
    response: RuleImportView,
  })
  async import(
    @Uploaded() upload: RuleUpload | null,
    @ImportInput() input: RuleImportInput | null,
    @QueryParams(RuleImportQuery) query: RuleImportQuery,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleImportView> {
    const actor = actorOf(principal);
    const view = upload
      ? await this.sender.upload(upload, query, actor)
      : await this.sender.input(input!, query, actor);
    void reply.header('location', `/api/v1/rules/imports/${view.id}`);
    return view;
  }

  @Get('imports')
  @RequireRole('viewer')
  @Operation({
    summary: 'List imports, newest first; they are kept for a week',
    query: PageQuery,
    response: RuleImportPage,
  })
  list(@QueryParams(PageQuery) query: PageQuery): Promise<RuleImportPage> {
    return this.bus.request(listRuleImports, query);
  }

  @Get('imports/:id')
  @RequireRole('viewer')
  @Operation({
    summary: 'Show an import: how far it is, and how many rules had which outcome',
    response: RuleImportView,
  })
  get(@Param('id') id: string): Promise<RuleImportView> {
    return this.bus.request(getRuleImport, { id });
  }

  @Get('imports/:id/results')
  @RequireRole('viewer')
  @Operation({
    summary: 'What became of each rule of an import, in the order of the files, with what is wrong with it and where',
    query: RuleImportResultFilter,
    response: RuleImportResultPage,
  })
  results(
    @Param('id') id: string,
    @QueryParams(RuleImportResultFilter) query: RuleImportResultFilter,
  ): Promise<RuleImportResultPage> {
    return this.bus.request(listRuleImportResults, { id, ...query });
  }

  @Post('imports/:id/cancel')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Stop an import; rules that it has taken in already stay', response: RuleImportView })
  cancel(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RuleImportView> {
    return this.bus.request(cancelRuleImport, { id, actor: actorOf(principal) });
  }
}
