/**
 * Replies to MMAD's questions. Read off the agent's verdict: detection, and classification by the type it named; nothing
 * else was asked of it. Or each question put to the model directly, as the benchmark does: known-good images first, then
 * the part, then one question with its options.
 */
import { createConversation } from '@agentiad/core/tokenizer/conversation.ts';
import type { ContentPart } from '@agentiad/core/tokenizer/conversation.ts';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import { imageTokenCount, processImage } from '@agentiad/core/image/process.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import type { MmadQuestion, MmadRecord } from '../data/mmadQuestions.ts';
import type { Outcome } from './evaluate.ts';
import type { Options } from './mmadParse.ts';
import type { MmadReply } from './mmadScore.ts';
import { DETECTION } from './mmadScore.ts';

/** Limits of the benchmark for the Qwen family (agent-spec §6.3). */
const LIMITS = { minPixels: 64 * 28 * 28, maxPixels: 1280 * 28 * 28, maxNewTokens: 128 };
const CLASSIFICATION = 'Defect Classification';

/** The question groups that the agent's verdict answers. */
export function repliesOfAgent(records: readonly MmadRecord[], outcomes: readonly Outcome[]): MmadReply[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return records.flatMap(({ id, key, questions }) => {
    const outcome = byId.get(id);
    if (!outcome) return [];
    return questions
      .filter(({ type }) => type === DETECTION || type === CLASSIFICATION)
      .map((question) => replyOf(key, question, agentReply(question, outcome)));
  });
}

function agentReply({ type, options }: MmadQuestion, { saysAnomalous, saidType }: Outcome): string | null {
  if (saysAnomalous === null) return null;
  if (type === DETECTION) return letterOf(options, saysAnomalous ? 'yes' : 'no') ?? (saysAnomalous ? 'Yes.' : 'No.');
  const named = saysAnomalous ? saidType : 'none';
  return named === null ? null : (letterOf(options, named) ?? named);
}

/** The option that says just this, apart from case, full stop and underscores. */
function letterOf(options: Options, text: string): string | null {
  const plain = (words: string) =>
    words
      .toLowerCase()
      .replaceAll('_', ' ')
      .replace(/\.\s*$/, '')
      .trim();
  return Object.keys(options).find((letter) => plain(options[letter]!) === plain(text)) ?? null;
}

export interface AskedImages {
  readonly part: Raster;
  /** Known-good parts: none (0-shot) or one (1-shot). */
  readonly templates: readonly Raster[];
}

/** Every question of the records, in order. */
export async function askModel(
  records: readonly MmadRecord[],
  open: (record: MmadRecord) => Promise<AskedImages>,
  model: LoadedModel,
  onRecord: (done: number) => void = () => {},
): Promise<MmadReply[]> {
  const replies: MmadReply[] = [];
  for (const [index, record] of records.entries()) {
    const images = await open(record);
    for (const question of record.questions) {
      replies.push(replyOf(record.key, question, await ask(question, images, model)));
    }
    onRecord(index + 1);
  }
  return replies;
}

async function ask(question: MmadQuestion, { part, templates }: AskedImages, model: LoadedModel): Promise<string> {
  const { backbone, processor, chatTemplate } = model;
  const conversation = createConversation({
    tokenizer: backbone.tokenizer,
    chatTemplate,
    imageTokenId: backbone.config.special.image,
  });
  const { minPixels, maxPixels, maxNewTokens } = LIMITS;
  const settings = { ...processor, minPixels, maxPixels };
  const processed = [...templates, part].map((raster) => processImage(raster, settings).processed);
  const tokens = processed.map((image) => imageTokenCount(image, settings));
  const ids = conversation.open('You are a helpful assistant.', questionContent(question, templates.length), tokens);
  const session = backbone.createSession();
  try {
    await session.prefill(ids, processed);
    const stopIds = [conversation.endOfTurnId];
    const { ids: said } = await session.generate({ maxNewTokens, sampler: greedy, stopIds });
    return backbone.tokenizer.decode(said.at(-1) === conversation.endOfTurnId ? said.slice(0, -1) : said);
  } finally {
    session.dispose();
  }
}

/** The benchmark's order of images and texts, in our words; pictures are numbered. */
export function questionContent({ question, options }: MmadQuestion, templateCount: number): ContentPart[] {
  const text = (words: string): ContentPart => ({ type: 'text', text: words });
  const picture = (number: number): ContentPart[] => [text(`Picture ${number}: `), { type: 'image' }];
  const templates = Array.from({ length: templateCount }, (_, k) => picture(k + 1)).flat();
  const choices = Object.entries(options).map(([letter, words]) => `${letter}. ${words}\n`);
  return [
    text(
      'You inspect industrial products by their pictures. Look for a defect in the query picture and answer the ' +
        'question about it with the letter of one of the given choices, nothing else.\n',
    ),
    ...(templateCount > 0 ? [text('A known-good sample to compare with: '), ...templates] : []),
    text('The query picture: '),
    ...picture(templateCount + 1),
    text(`Question: ${question}\n${choices.join('')}`),
  ];
}

function replyOf(image: string, { type, options, answer }: MmadQuestion, reply: string | null): MmadReply {
  return { image, type, options, correct: answer, reply };
}
