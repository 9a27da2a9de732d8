import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** Keeps Nest from replacing our errors by "Internal server error": the strategy itself decides what crosses the wire. */
@Catch()
export class ErrorPassthroughFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
