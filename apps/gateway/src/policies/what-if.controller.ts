import { CurrentPrincipal, JsonBody, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { WhatIfRuns } from './what-if-runs';
import { differencePage, whatIfView } from './what-if-view';
import { ListPageDifferences, PageDifferencePage, WhatIfInput, WhatIfPage, WhatIfView } from './what-if.dto';

/** Changed policies tried on the alerts that really came. */
@Controller('api/v1/policies/what-if')
export class WhatIfController {
  constructor(private readonly runs: WhatIfRuns) {}

  @Post()
  @HttpCode(202)
  @RequireRole('operator')
  @Operation({
    summary: 'Replay the alerts of the last days through a changed policy: who would have been paged more, or less',
    description: 'Runs in the background; GET …/{id} shows how far it is, and what has come out.',
    body: WhatIfInput,
    status: 202,
    response: WhatIfView,
  })
  async start(@JsonBody(WhatIfInput) input: WhatIfInput, @CurrentPrincipal() { name }: Principal): Promise<WhatIfView> {
    return whatIfView(await this.runs.start(input, name));
  }

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List the runs of this gateway, newest first', response: WhatIfPage })
  list(): WhatIfPage {
    return { items: this.runs.list().map(whatIfView), next_cursor: null };
  }

  @Get(':id')
  @RequireRole('viewer')
  @Operation({ summary: 'Show a run, its progress and its result', response: WhatIfView })
  get(@Param('id') id: string): WhatIfView {
    return whatIfView(this.runs.get(id));
  }

  @Get(':id/differences')
  @RequireRole('viewer')
  @Operation({
    summary: 'List the pages that would not have been the same, oldest first',
    query: ListPageDifferences,
    response: PageDifferencePage,
  })
  differences(
    @Param('id') id: string,
    @QueryParams(ListPageDifferences) query: ListPageDifferences,
  ): PageDifferencePage {
    return differencePage(this.runs.get(id), query);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Stop a run and forget it', status: 204 })
  remove(@Param('id') id: string): void {
    this.runs.remove(id);
  }
}
