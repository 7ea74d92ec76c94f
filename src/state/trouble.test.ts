import { describe, expect, it } from 'vitest';
import { createTestStudio } from '../testing/studioContext.ts';
import { diagnosticsOf } from './actions/diagnostics.ts';
import { troubleOfBackend, troubleOfProblem } from './trouble.ts';

describe('trouble', () => {
  it('is told from the device', () => {
    expect(troubleOfBackend({ cause: 'insecure' })).toBe('insecure');
    expect(troubleOfBackend({ cause: 'no-device' })).toBe('limits');
    expect(troubleOfBackend({ cause: null })).toBeNull();
    expect(troubleOfBackend({ cause: 'asked' })).toBeNull();
  });

  it('is told from a problem', () => {
    expect(troubleOfProblem({ code: 'gpu-out-of-memory' })).toBe('lost');
    expect(troubleOfProblem({ code: 'no-room' })).toBe('quota');
    expect(troubleOfProblem({ code: 'model-cut-off' })).toBe('network');
    expect(troubleOfProblem({ code: 'image-empty' })).toBeNull();
  });
});

describe('diagnostics', () => {
  it('tell where the page runs and what went wrong, and nothing of the parts', () => {
    const studio = createTestStudio();
    studio.store.setState({
      storageFacts: { usedBytes: 12, quotaBytes: 100, isPersistent: false },
      notices: [{ id: 'n', problem: { code: 'storage-full', subject: 'secret-part.png', reason: 'r', remedy: 'm' } }],
    });
    const text = diagnosticsOf(studio);
    expect(JSON.parse(text)).toMatchObject({
      environment: { isSecure: true },
      backend: { name: 'cpu', adapter: 'test' },
      storage: { usedBytes: 12, quotaBytes: 100, isPersistent: false },
      problems: ['storage-full'],
    });
    expect(text).not.toContain('secret-part');
  });
});
