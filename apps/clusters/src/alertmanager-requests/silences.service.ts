import {
  ServiceError,
  type ChangeSilence,
  type CreateSilence,
  type ExpireSilence,
  type MeshSilence,
  type SilenceWritten,
} from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { AlertmanagerApi } from './alertmanager-api';
import { Deadline } from './deadline';
import { isLiving, type KnownSilence } from './known-silences';
import type { ClusterMembers } from './member';
import { MemberDirectory } from './member-directory';
import { MeshSurvey, type Mesh, type Survey } from './mesh-survey';
import { MeshWriter, type MeshWrite } from './mesh-writer';
import { SilenceAudit } from './silence-audit';
import { isAsDrafted, posted, silenceDraft, type SilenceDraft } from './silence-draft';
import { marked, markerOf } from './silence-marker';
import { WRITE_MS } from './times';

/** What is to become of one mesh: nothing to do there, or a write. */
interface Plan {
  mesh: Mesh;
  /** The silence as it is there. */
  known: KnownSilence | null;
  write: MeshWrite | null;
}

/** Creates, changes and ends silences, in each mesh of a cluster once, however often it is asked. */
@Injectable()
export class SilencesService {
  constructor(
    private readonly directory: MemberDirectory,
    private readonly survey: MeshSurvey,
    private readonly writer: MeshWriter,
    private readonly api: AlertmanagerApi,
    private readonly audit: SilenceAudit,
    private readonly clock: Clock,
  ) {}

  /**
   * Errors: `invalid`; `not_found`; `conflict` when the key was used for another silence; `unavailable` when a mesh did not take it: the same key goes on where this ended.
   */
  async create({ id, silence, idempotency_key, actor }: CreateSilence): Promise<SilenceWritten> {
    const deadline = new Deadline(WRITE_MS);
    const draft = silenceDraft(silence, this.clock.now());
    const cluster = await this.directory.of(id);
    const marker = markerOf(cluster.id, actor.kind, actor.id, idempotency_key);
    const survey = await this.survey.of(cluster, deadline);
    const startsAt = (draft.startsAt ?? this.clock.now()).toISOString();
    const body = posted(draft, { startsAt, createdBy: actor.name, comment: marked(draft.comment, marker) });
    const plans = survey.meshes.map((mesh): Plan => {
      // One that has ended counts: whoever ended it does not want it back because somebody repeats a request.
      const known = byMarker(mesh.silences, marker);
      if (known && !isAsDrafted(known, draft) && isLiving(known))
        throw new ServiceError(
          'conflict',
          'another silence was made with this Idempotency-Key, or it was changed since',
        );
      const write = {
        send: (member, ms) => this.api.writeSilence(member, body, ms),
        foundIn: (silences) => byMarker(silences, marker)?.id ?? null,
      } satisfies MeshWrite;
      return { mesh, known, write: known ? null : write };
    });
    const subject = { cluster, actor, silence: marker };
    return this.carryOut(plans, survey, cluster, deadline, (work) =>
      this.audit.around('create', subject, { before: null, after: { silence: body } }, work),
    );
  }

  /** Errors: `invalid`; `not_found`; `conflict` when it has ended; `unavailable` when a mesh did not take it. */
  async change({ id, silence_id, silence, actor }: ChangeSilence): Promise<SilenceWritten> {
    const deadline = new Deadline(WRITE_MS);
    const draft = silenceDraft(silence, this.clock.now());
    const { cluster, survey, marker } = await this.locate(id, silence_id, deadline);
    const own = marker ?? markerOf(cluster.id, 'silence', silence_id);
    const isMeant = (known: KnownSilence): boolean => known.marker === own || known.id === silence_id;
    const living = survey.meshes.flatMap((mesh) => mesh.silences).filter((known) => isMeant(known) && isLiving(known));
    if (living.length === 0) throw new ServiceError('conflict', 'the silence has ended; create another one');
    const plans = survey.meshes.flatMap((mesh): Plan[] => {
      const known = mesh.silences.find((one) => isMeant(one) && isLiving(one)) ?? null;
      // A silence of others may be meant for one mesh alone; ours are in all of them.
      if (!known && marker === null) return [];
      const isDone = known !== null && isAsDrafted(known, draft);
      return [{ mesh, known, write: isDone ? null : this.changing(draft, known, own, actor.name) }];
    });
    const subject = { cluster, actor, silence: silence_id };
    const before = { silences: living.map(recorded) };
    return this.carryOut(plans, survey, cluster, deadline, (work) =>
      this.audit.around('change', subject, { before, after: { silence } }, work),
    );
  }

  /** Ends it in every mesh. That it has ended already is no error. Errors: `not_found`; `unavailable` when a mesh did not take it. */
  async expire({ id, silence_id, actor }: ExpireSilence): Promise<SilenceWritten> {
    const deadline = new Deadline(WRITE_MS);
    const { cluster, survey, marker } = await this.locate(id, silence_id, deadline);
    const isMeant = (known: KnownSilence): boolean =>
      known.id === silence_id || (marker !== null && known.marker === marker);
    const plans = survey.meshes.flatMap((mesh): Plan[] => {
      const meant = mesh.silences.filter(isMeant);
      const living = meant.filter(isLiving);
      if (living.length === 0) return meant.slice(0, 1).map((known) => ({ mesh, known, write: null }));
      return living.map((known) => ({ mesh, known, write: this.expiring(known.id) }));
    });
    const subject = { cluster, actor, silence: silence_id };
    const before = { silences: plans.flatMap(({ known }) => (known ? [recorded(known)] : [])) };
    return this.carryOut(plans, survey, cluster, deadline, (work) =>
      this.audit.around('expire', subject, { before, after: null }, work),
    );
  }

  private async locate(
    id: string,
    silenceId: string,
    deadline: Deadline,
  ): Promise<{ cluster: ClusterMembers; survey: Survey; marker: string | null }> {
    const cluster = await this.directory.of(id);
    const survey = await this.survey.of(cluster, deadline);
    const found = survey.meshes.flatMap(({ silences }) => silences).find((silence) => silence.id === silenceId);
    if (!found) throw new ServiceError('not_found', 'no Alertmanager that answered knows this silence');
    return { cluster, survey, marker: found.marker };
  }

  /** Alertmanager keeps the id when the end or the comment changes, else it ends this one and makes another. */
  private changing(draft: SilenceDraft, known: KnownSilence | null, marker: string, createdBy: string): MeshWrite {
    const startsAt = draft.startsAt?.toISOString() ?? known?.startsAt ?? this.clock.now().toISOString();
    const body = posted(draft, { id: known?.id, startsAt, createdBy, comment: marked(draft.comment, marker) });
    const isDone = (silence: KnownSilence): boolean =>
      silence.marker === marker && isLiving(silence) && isAsDrafted(silence, draft);
    return {
      send: (member, ms) => this.api.writeSilence(member, body, ms),
      foundIn: (silences) => silences.find(isDone)?.id ?? null,
    };
  }

  private expiring(id: string): MeshWrite {
    return {
      send: async (member, ms) => {
        await this.api.expireSilence(member, id, ms);
        return id;
      },
      foundIn: (silences) => (silences.some((silence) => silence.id === id && !isLiving(silence)) ? id : null),
    };
  }

  /** All meshes at once; an audit record around it when there is anything to write. */
  private async carryOut(
    plans: readonly Plan[],
    { unanswered }: Survey,
    cluster: ClusterMembers,
    deadline: Deadline,
    audited: (work: () => Promise<{ meshes: MeshSilence[] }>) => Promise<{ meshes: MeshSilence[] }>,
  ): Promise<SilenceWritten> {
    const changed = plans.some(({ write }) => write !== null);
    const work = async (): Promise<{ meshes: MeshSilence[] }> => {
      const ends = await Promise.allSettled(plans.map((plan) => this.inMesh(plan, deadline)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
      return { meshes: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])) };
    };
    const { meshes } = await (changed ? audited(work) : work());
    return { cluster_id: cluster.id, id: meshes[0]!.id, changed, meshes, unanswered };
  }

  private async inMesh({ mesh, known, write }: Plan, deadline: Deadline): Promise<MeshSilence> {
    const members = mesh.members.map(({ address }) => address);
    if (!write) return { mesh: mesh.number, id: known!.id, written_by: null, members };
    const { id, writtenBy } = await this.writer.once(mesh, write, deadline);
    return { mesh: mesh.number, id, written_by: writtenBy, members };
  }
}

/** The living one first. */
function byMarker(silences: readonly KnownSilence[], marker: string): KnownSilence | null {
  const own = silences.filter((silence) => silence.marker === marker);
  return own.find(isLiving) ?? own[0] ?? null;
}

const recorded = ({ id, matchers, startsAt, endsAt, createdBy, comment }: KnownSilence): object => ({
  id,
  matchers,
  starts_at: startsAt,
  ends_at: endsAt,
  created_by: createdBy,
  comment,
});
