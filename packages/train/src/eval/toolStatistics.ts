/** How the agent used its tools. */
import type { ToolName } from '@agentiad/core/protocol/modes.ts';
import { mean } from '@agentiad/core/validation/metrics.ts';

export interface ToolCall {
  /** As the agent wrote it, also when there is no such tool; null when nothing could be read. */
  readonly tool: string | null;
  readonly ok: boolean;
}

export interface ToolStatistics {
  /** Share of calls that ran; 1 without any call. */
  readonly validity: number;
  /** Share of parts on which a tool was called, whether it ran or not. */
  readonly cropRate: number;
  readonly queryRate: number;
  readonly differenceRate: number;
  readonly callsPerImage: number;
  /** Parts by their number of calls: `callCounts[k]` had k. */
  readonly callCounts: readonly number[];
  readonly perTool: Readonly<Record<string, { readonly calls: number; readonly validity: number }>>;
}

/** `parts`: the calls of each part, in order. */
export function toolStatistics(parts: readonly (readonly ToolCall[])[]): ToolStatistics {
  const rate = (tool: ToolName) => mean(parts.map((calls) => Number(calls.some((call) => call.tool === tool))));
  const calls = parts.flat();
  const validity = (some: readonly ToolCall[]) => (some.length === 0 ? 1 : mean(some.map(({ ok }) => Number(ok))));
  const names = [...new Set(calls.map(({ tool }) => tool ?? 'unreadable'))].sort();
  const most = Math.max(0, ...parts.map((part) => part.length));
  return {
    validity: validity(calls),
    cropRate: rate('crop_image_normalized'),
    queryRate: rate('query_image'),
    differenceRate: rate('difference'),
    callsPerImage: calls.length / parts.length,
    callCounts: Array.from({ length: most + 1 }, (_, k) => parts.filter((part) => part.length === k).length),
    perTool: Object.fromEntries(
      names.map((name) => {
        const own = calls.filter(({ tool }) => (tool ?? 'unreadable') === name);
        return [name, { calls: own.length, validity: validity(own) }];
      }),
    ),
  };
}
