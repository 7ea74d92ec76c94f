/** What somebody who helps from afar needs to know: the browser, the device, the room, the codes of problems. No names of parts. */
import type { StudioContext } from '../context.ts';

export function diagnosticsOf({ store, host }: StudioContext): string {
  const { engine, storageFacts, notices, current } = store.getState();
  const problems = [
    ...(engine.state === 'failed' ? [engine.problem] : []),
    ...(current?.problem ? [current.problem] : []),
    ...notices.map((notice) => notice.problem),
  ];
  const report = {
    made: host.now().toISOString(),
    environment: host.environment(),
    engine: engine.state,
    backend: engine.state === 'ready' ? engine.info.backend : null,
    model: engine.state === 'ready' ? { id: engine.info.modelId ?? 'shipped', name: engine.info.card.name } : null,
    storage: storageFacts,
    problems: problems.map(({ code }) => code),
    details: problems.flatMap(({ code, detail }) => (detail ? [`${code}: ${detail}`] : [])),
    internal: problems.filter(({ code }) => code === 'internal').map(({ reason }) => reason),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Copies them; where the browser does not let a page copy they are saved as a file. */
export async function copyDiagnostics(context: StudioContext): Promise<'copied' | 'saved'> {
  const text = diagnosticsOf(context);
  if (await context.host.copyText(text)) return 'copied';
  context.host.saveFile('agentiad-diagnostics.json', text);
  return 'saved';
}
