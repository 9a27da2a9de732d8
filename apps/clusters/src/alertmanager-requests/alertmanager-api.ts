import { Injectable } from '@nestjs/common';
import {
  readAlerts,
  readSilenceId,
  readSilences,
  readStatus,
  type HeldAlert,
  type HeldSilence,
  type MemberStatus,
} from './alertmanager-answers';
import { AlertmanagerClient } from './alertmanager-client';
import type { Member } from './member';

/** A silence as it is posted; with an id it replaces that one. */
export interface PostedSilence {
  id?: string;
  matchers: { name: string; value: string; isRegex: boolean; isEqual: boolean }[];
  startsAt: string;
  endsAt: string;
  createdBy: string;
  comment: string;
}

/** Alertmanager's API v2, as far as AlertAgent uses it. All errors are MemberFailures. */
@Injectable()
export class AlertmanagerApi {
  constructor(private readonly client: AlertmanagerClient) {}

  status(member: Member, timeoutMs: number): Promise<MemberStatus> {
    return this.client.send(member, { operation: 'status', path: '/status', timeoutMs, read: readStatus });
  }

  alerts(member: Member, timeoutMs: number): Promise<HeldAlert[]> {
    return this.client.send(member, { operation: 'alerts', path: '/alerts', timeoutMs, read: readAlerts });
  }

  silences(member: Member, timeoutMs: number): Promise<HeldSilence[]> {
    return this.client.send(member, { operation: 'silences', path: '/silences', timeoutMs, read: readSilences });
  }

  /** Answers the id. */
  writeSilence(member: Member, silence: PostedSilence, timeoutMs: number): Promise<string> {
    return this.client.send(member, {
      operation: 'write_silence',
      method: 'POST',
      path: '/silences',
      body: silence,
      timeoutMs,
      read: readSilenceId,
    });
  }

  async expireSilence(member: Member, id: string, timeoutMs: number): Promise<void> {
    await this.client.send(member, {
      operation: 'expire_silence',
      method: 'DELETE',
      path: `/silence/${id}`,
      timeoutMs,
      // Whatever it says with 200.
      read: () => undefined,
    });
  }
}
