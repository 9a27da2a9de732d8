import { actorOf, CurrentPrincipal, JsonBody, QueryParams, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';
import { IncidentNotes } from './incident-notes';
import { ListNotes, NoteInput, NotePage, NoteView } from './incident-operations.dto';

/** Notes of incidents. */
@Controller('api/v1/incidents/:id/notes')
export class IncidentNotesController {
  constructor(private readonly notes: IncidentNotes) {}

  @Get()
  @RequireRole('viewer')
  @Operation({ summary: 'List the notes of an incident, newest first', query: ListNotes, response: NotePage })
  list(@Param('id') id: string, @QueryParams(ListNotes) query: ListNotes): Promise<NotePage> {
    return this.notes.list(id, query);
  }

  @Post()
  @RequireRole('operator')
  @Operation({ summary: 'Add a note to an incident', body: NoteInput, status: 201, response: NoteView })
  add(
    @Param('id') id: string,
    @JsonBody(NoteInput) { text }: NoteInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<NoteView> {
    return this.notes.add(id, text, actorOf(principal));
  }

  @Put(':note_id')
  @RequireRole('operator')
  @Operation({ summary: 'Change a note', body: NoteInput, response: NoteView })
  change(
    @Param('id') id: string,
    @Param('note_id') noteId: string,
    @JsonBody(NoteInput) { text }: NoteInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<NoteView> {
    return this.notes.change(id, noteId, text, actorOf(principal));
  }

  @Delete(':note_id')
  @HttpCode(204)
  @RequireRole('operator')
  @Operation({ summary: 'Delete a note', status: 204 })
  remove(
    @Param('id') id: string,
    @Param('note_id') noteId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.notes.remove(id, noteId, actorOf(principal));
  }
}
