import {
  createKnowledge,
  deleteKnowledge,
  getKnowledge,
  getKnowledgeVersion,
  importKnowledge,
  KnowledgeFindings,
  KnowledgeImportInput,
  KnowledgeImportReport,
  KnowledgeInput,
  KnowledgePage,
  KnowledgeVersionPage,
  KnowledgeVersionText,
  KnowledgeView,
  listKnowledge,
  ListKnowledge,
  listKnowledgeVersions,
  PageQuery,
  restoreKnowledge,
  searchKnowledge,
  SearchKnowledge,
  updateKnowledge,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator';
import { IfMatch, refusedByIfMatch, VersionTags } from './if-match';
import { versionNumber } from './version-number';

/** Runbooks, notes and what was learned from incidents, over REST; the ai service owns them. */
@Controller('api/v1/knowledge')
@VersionTags()
export class KnowledgeController {
  constructor(private readonly bus: Bus) {}

  @Get('search')
  @RequireRole('viewer')
  @Operation({
    summary: 'Find what is known, asked in words of any language: the passage that fits best of each document',
    query: SearchKnowledge,
    response: KnowledgeFindings,
  })
  search(@QueryParams(SearchKnowledge) query: SearchKnowledge): Promise<KnowledgeFindings> {
    return this.bus.request(searchKnowledge, query);
  }

  @Post('import')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({
    summary: 'Take documents in by their keys, all or none; the same again changes nothing',
    body: KnowledgeImportInput,
    response: KnowledgeImportReport,
  })
  import(
    @JsonBody(KnowledgeImportInput) input: KnowledgeImportInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KnowledgeImportReport> {
    return this.bus.request(importKnowledge, { ...input, actor: actorOf(principal) });
  }

  @Post('documents')
  @RequireRole('operator')
  @Operation({ summary: 'Write down what is known', body: KnowledgeInput, status: 201, response: KnowledgeView })
  async create(
    @JsonBody(KnowledgeInput) document: KnowledgeInput,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KnowledgeView> {
    const view = await this.bus.request(createKnowledge, { document, actor: actorOf(principal) });
    void reply.header('location', `/api/v1/knowledge/documents/${view.id}`);
    return view;
  }

  @Get('documents')
  @RequireRole('viewer')
  @Operation({
    summary: 'List documents, newest first; with state=deleted those that can be restored',
    query: ListKnowledge,
    response: KnowledgePage,
  })
  list(@QueryParams(ListKnowledge) query: ListKnowledge): Promise<KnowledgePage> {
    return this.bus.request(listKnowledge, query);
  }

  @Get('documents/:id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a document; its ETag is its version', response: KnowledgeView })
  get(@Param('id') id: string): Promise<KnowledgeView> {
    return this.bus.request(getKnowledge, { id });
  }

  @Put('documents/:id')
  @RequireRole('operator')
  @Operation({
    summary: 'Change a document; the text before is kept as a version',
    body: KnowledgeInput,
    response: KnowledgeView,
  })
  update(
    @Param('id') id: string,
    @JsonBody(KnowledgeInput) document: KnowledgeInput,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KnowledgeView> {
    const change = { id, document, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(updateKnowledge, change));
  }

  @Delete('documents/:id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a document; it can be restored', status: 204 })
  async delete(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const change = { id, expected_version: expected, actor: actorOf(principal) };
    await refusedByIfMatch(expected, this.bus.request(deleteKnowledge, change));
  }

  @Post('documents/:id/restore')
  @HttpCode(200)
  @RequireRole('operator')
  @Operation({ summary: 'Take a deleted document back', response: KnowledgeView })
  restore(
    @Param('id') id: string,
    @IfMatch() expected: number | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<KnowledgeView> {
    const change = { id, expected_version: expected, actor: actorOf(principal) };
    return refusedByIfMatch(expected, this.bus.request(restoreKnowledge, change));
  }

  @Get('documents/:id/versions')
  @RequireRole('viewer')
  @Operation({ summary: 'What a document was, newest first', query: PageQuery, response: KnowledgeVersionPage })
  versions(@Param('id') id: string, @QueryParams(PageQuery) page: PageQuery): Promise<KnowledgeVersionPage> {
    return this.bus.request(listKnowledgeVersions, { ...page, id });
  }

  @Get('documents/:id/versions/:version')
  @RequireRole('viewer')
  @Operation({ summary: 'Show the text of a version', response: KnowledgeVersionText })
  version(@Param('id') id: string, @Param('version') version: string): Promise<KnowledgeVersionText> {
    return this.bus.request(getKnowledgeVersion, { id, version: versionNumber(version) });
  }
}
