/**
 * An error somebody outside can act on: bad input, missing file, full disk. Never shown with a stack trace.
 * `code` is stable (tests, verdict JSON); `subject` names the thing, `reason` the cause, `remedy` what to do.
 */
export class UserError extends Error {
  readonly code: string;
  readonly subject: string;
  readonly reason: string;
  readonly remedy: string;

  constructor(fields: { code: string; subject: string; reason: string; remedy: string; cause?: unknown }) {
    super(`${fields.subject}: ${fields.reason} ${fields.remedy}`, { cause: fields.cause });
    this.name = 'UserError';
    this.code = fields.code;
    this.subject = fields.subject;
    this.reason = fields.reason;
    this.remedy = fields.remedy;
  }
}
