import { streamName } from '@alertagent/contracts';
import { NatsLink, StreamReader } from '@alertagent/service-kit';
import { Module } from '@nestjs/common';
import { AnalysisFollowers } from './analysis-followers';
import { LiveClients } from './live-clients';
import { LiveFeed } from './live-feed';
import { LiveMetrics } from './live.metrics';

/** The gateway's facts, for those who follow them over HTTP. Its route is with the others in the root module, where tokens are known. */
@Module({
  providers: [
    {
      provide: StreamReader,
      useFactory: (link: NatsLink) => new StreamReader(link, streamName('gateway')),
      inject: [NatsLink],
    },
    AnalysisFollowers,
    LiveFeed,
    LiveMetrics,
    LiveClients,
  ],
  exports: [AnalysisFollowers, LiveClients],
})
export class LiveModule {}
