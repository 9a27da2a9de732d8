import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { iso, isoOrNull } from '../alerts/wire-time';
import { IncidentNote } from './incident-note.entity';
import type { ListNotes, NotePage, NoteView } from './incident-operations.dto';
import { IncidentTimelineStore } from './incident-timeline.store';
import { Incident } from './incident.entity';

/** What people write about incidents. It stays, whatever the incident's alerts do. */
@Injectable()
export class IncidentNotes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly timelines: IncidentTimelineStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Errors: ServiceError `not_found` without such an incident, `invalid` for a cursor that is none. */
  async list(incidentId: string, query: ListNotes): Promise<NotePage> {
    const below = readCursor(query.cursor);
    const size = pageSize(query);
    if (!(await this.dataSource.manager.existsBy(Incident, { id: incidentId }))) throw noIncident();
    const rows = await this.dataSource.manager.find(IncidentNote, {
      where: { incident_id: incidentId, ...(below === null ? {} : { id: LessThan(below) }) },
      order: { id: 'DESC' },
      take: size + 1,
    });
    return toPage(rows, size, noteView);
  }

  /** Errors: ServiceError `not_found` without such an incident. */
  async add(incidentId: string, text: string, actor: Actor): Promise<NoteView> {
    return inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(Incident, { id: incidentId }))) throw noIncident();
      const note = await this.insert(tx, incidentId, text, actor, this.clock.now().getTime());
      await this.record(tx, 'incident.note_added', note, actor, null, { text });
      return noteView(note);
    });
  }

  /** Adds a note to an incident that is there, in the transaction of something else. */
  async insert(tx: EntityManager, incident_id: string, text: string, actor: Actor, now: number): Promise<IncidentNote> {
    const note: IncidentNote = {
      id: newId(),
      incident_id,
      author: actor.name,
      text: text.toWellFormed(),
      created_at: now,
      updated_at: null,
    };
    await tx.insert(IncidentNote, note);
    await this.timelines.add(tx, { incident_id, at: now, kind: 'note_added', why: `by ${actor.name}` });
    return note;
  }

  /** Errors: ServiceError `not_found`. */
  async change(incidentId: string, id: string, text: string, actor: Actor): Promise<NoteView> {
    return inTransaction(this.dataSource, async (tx) => {
      const note = await this.find(tx, incidentId, id);
      const changed = { ...note, text: text.toWellFormed(), updated_at: this.clock.now().getTime() };
      await tx.update(IncidentNote, { id }, { text: changed.text, updated_at: changed.updated_at });
      await this.record(tx, 'incident.note_changed', note, actor, { text: note.text }, { text });
      return noteView(changed);
    });
  }

  /** Errors: ServiceError `not_found`. */
  async remove(incidentId: string, id: string, actor: Actor): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const note = await this.find(tx, incidentId, id);
      await tx.delete(IncidentNote, { id });
      await this.record(tx, 'incident.note_deleted', note, actor, { text: note.text, author: note.author }, null);
    });
  }

  private async find(tx: EntityManager, incident_id: string, id: string): Promise<IncidentNote> {
    const note = await tx.findOneBy(IncidentNote, { id, incident_id });
    if (!note) throw new ServiceError('not_found', 'the incident has no such note');
    return note;
  }

  private async record(
    tx: EntityManager,
    action: string,
    { id, incident_id }: IncidentNote,
    actor: Actor,
    before: object | null,
    after: object | null,
  ): Promise<void> {
    const note = { note_id: id };
    await this.audit.record(tx, {
      actor,
      action,
      resource_type: 'incident',
      resource_id: incident_id,
      before: before && { ...note, ...before },
      after: after && { ...note, ...after },
    });
  }
}

const noIncident = (): ServiceError => new ServiceError('not_found', 'there is no such incident');

/** A note as the API shows it. */
export function noteView({ id, author, text, created_at, updated_at }: IncidentNote): NoteView {
  return { id, author, text, created_at: iso(created_at), updated_at: isoOrNull(updated_at) };
}
