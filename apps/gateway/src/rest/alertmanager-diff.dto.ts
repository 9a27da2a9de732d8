import { IsOptional, Matches } from 'class-validator';

/** What to compare a version with. */
export class AlertmanagerDiffQuery {
  /** Another version; the one before unless told. */
  @IsOptional() @Matches(/^\d{1,9}$/, { message: 'expected the number of a version' }) with?: string;
}
