import {
  memberReported,
  revisionApplied,
  revisionPublished,
  revisionRefused,
  revisionRejected,
  type MemberReported,
  type RevisionPublished,
  type RevisionRefused,
} from '@alertagent/contracts';
import { OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { MemberReports } from './member-reports';
import { RevisionNews } from './revision-news';

/** What the config service tells about rendering and about the members' sidecars. */
@Controller()
export class DistributionsHandlers {
  constructor(
    private readonly revisions: RevisionNews,
    private readonly reports: MemberReports,
  ) {}

  @OnEvent(revisionPublished)
  async onPublished(event: RevisionPublished, delivery: Delivery): Promise<void> {
    await this.revisions.published(event, delivery);
  }

  @OnEvent(revisionRefused)
  async onRefused(event: RevisionRefused, delivery: Delivery): Promise<void> {
    await this.revisions.refused(event, delivery);
  }

  @OnEvent(revisionApplied)
  async onApplied(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }

  @OnEvent(revisionRejected)
  async onRejected(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }

  @OnEvent(memberReported)
  async onReported(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }
}
