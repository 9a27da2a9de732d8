import { canaryHeard, type CanaryPlace } from '@alertagent/contracts';
import { fact, type Fact } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** One canary is told at most this often, in milliseconds: its Prometheus has replicas, and their Alertmanagers too. */
const TELL_EVERY_MS = 30_000;

/** A canary that was seen. */
export interface SeenCanary {
  cluster_id: string;
  instance: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Decides which sightings of canaries are told. What is told and then not committed is made up for by the next one, half a minute later. */
@Injectable()
export class CanaryHearing {
  private readonly told = new Map<string, number>();

  /** The facts to add to the outbox. */
  facts(place: CanaryPlace, seen: readonly SeenCanary[]): Fact[] {
    return seen.flatMap(({ cluster_id, instance, at }) => {
      const key = JSON.stringify([place, cluster_id, instance]);
      if (at - (this.told.get(key) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return [];
      this.told.set(key, at);
      const heard_at = new Date(at).toISOString();
      return [fact(canaryHeard, { cluster_id, place, instance, heard_at })];
    });
  }
}
