import { defineEvent } from '@alertagent/contracts';
import { IsInt, IsString } from 'class-validator';

export class NoteWritten {
  @IsString() note_id!: string;
  @IsInt() number!: number;
}

export const noteWritten = defineEvent({
  owner: 'rules',
  subject: 'alertagent.rules.v1.note-written',
  payload: NoteWritten,
  key: 'note_id',
});
