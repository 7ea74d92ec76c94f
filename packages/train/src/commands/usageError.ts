import { UserError } from '@agentiad/core/support/userError.ts';

/** Wrong flags or arguments: exit code 2. */
export class UsageError extends UserError {
  constructor(subject: string, reason: string, remedy: string) {
    super({ code: 'usage', subject, reason, remedy });
    this.name = 'UsageError';
  }
}
