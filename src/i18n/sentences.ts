/**
 * Sentences of core and runtime on a page in another language: each is known by a code, its names and numbers become
 * parameters. What is stored and exported stays English; a sentence that is not known stays as it is.
 */
import i18next from 'i18next';
import { locale } from './words.ts';

/** By code. Named groups are the parameters; what stands in `list`, `reasons` and `text` is itself put into words. */
const SENTENCES: Readonly<Record<string, RegExp>> = {
  validating: /^Sent to review: inspected for a validation\.$/,
  changedSince: /^Sent to review: changed since its validation: (?<list>.+)\.$/,
  provisional: /^Sent to review: its validation is provisional: (?<reasons>.+)\.$/,
  otherThresholds: /^Sent to review: validated with other thresholds\.$/,
  doubtValidating: /^inspected for a validation$/,
  doubtUnvalidated: /^not validated on this kind of part$/,
  doubtChanged: /^changed since its validation: (?<list>.+)$/,
  doubtProvisional: /^its validation is provisional: (?<reasons>.+)$/,
  doubtThresholds: /^validated with other thresholds$/,
  fewGoodParts: /^(?<count>\d+) known-good parts; (?<needed>\d+) are needed$/,
  fewLabelled: /^(?<count>\d+) labelled images; (?<needed>\d+) are needed$/,
  fewGood: /^(?<count>\d+) of them good; (?<needed>\d+) are needed$/,
  fewBad: /^(?<count>\d+) of them bad; (?<needed>\d+) are needed$/,
  manyFailed: /^(?<count>\d+) of (?<all>\d+) inspections failed$/,
  byChance: /^the score may tell good from bad no better than chance$/,
  scoreBelow: /^below (?<bound>[\d.]+)$/,
  scoreAbove: /^above (?<bound>[\d.]+)$/,
  matchDecided:
    /^Decided by Library match alone: its score (?<score>[\d.]+) is (?<text>.+)\. The agent was not asked\.$/,
  agentNotAsked: /^The agent was not asked\.$/,
  noAnswer: /^The agent gave no answer\.$/,
  scoreRaw: /^How strongly the agent leans to "anomalous" when it writes its answer.*Not a probability\.$/,
  scoreCalibrated: /^How likely a part that scores so is defective, as on the labelled images/,
  scoreNone: /^Library match decided; the agent was not asked and gave no score\.$/,
  byEye: /^Compared by eye only: Library match is not loaded\.$/,
  onlyItself:
    /^Not compared: the only known-good part in the library is this very image\. Add other known-good parts\.$/,
  noGoodParts: /^Not compared: there are no known-good parts of this category\. Add 3 to 10 known-good parts\.$/,
  askedOther: /^Asked of another model than the one that made this inspection\.$/,
  recovered: /^The graphics device failed and was restarted; the inspection went on from its last step\.$/,
  shownSmaller:
    /^Zooms and good parts were shown to the model smaller than usual, because the graphics device had failed\.$/,
  recorded: /^Recorded for demonstration: most turns were written by hand\.$/,
  fastPathFew: /^The fast path was not taken: Library match needs (?<count>\d+) known-good parts to decide\.$/,
  fastPathDoubt: /^The fast path was not taken: (?<text>.+)\.$/,
  notLookedFirst: /^Library match did not look first: (?<text>.+)$/,
  differsBy: /^Differs from the known-good parts (?<score>[\d.]+) times as far as they differ among themselves\.$/,
  cmyk: /^CMYK colours converted to sRGB without their profile$/,
  coloursConverted: /^colours converted from (?<profile>.+) to sRGB$/,
  transparency: /^transparency flattened over white$/,
  firstPage: /^first of (?<count>\d+) pages used$/,
  firstFrame: /^first frame of an animation used$/,
  reducedShown: /^(?<bits>\d+)-bit samples reduced to 8-bit: (?<low>\d+) to (?<high>\d+) shown from black to white$/,
  reduced: /^(?<bits>\d+)-bit samples reduced to 8-bit$/,
  withoutValue: /^The answer carries no readable value token for anomaly_present\.$/,
  notAnAnswer:
    /^(Exactly one <answer> is expected, found \d+\.|The <answer> is not closed\.|The text inside <answer> is not valid JSON\.|The forced answer is not an answer\.)$/,
  needsGpuMemory: /^WebGPU and about (?<size>.+) of graphics memory$/,
  tooLargeAtOnce: /^it works on (?<size>.+) at once, this graphics device on (?<most>.+) at most\.$/,
  needsAdapter: /^with (?<number>.+) parameters it needs WebGPU on a graphics adapter(; here (?<text>.+))?\.$/,
  trainedNano: /^generated part images and DeepPCB windows$/,
  licenceNano: /^MIT \(DeepPCB, used in training: MIT, its page adds "research"\)$/,
  licenceUnstated: /^not stated$/,
  changedModel: /^the model$/,
  changedTower: /^the feature tower of Library match$/,
  changedMode: /^the mode$/,
  changedTools: /^the allowed tools$/,
  changedTypes: /^the defect types$/,
  changedSpecification: /^the specification$/,
  changedAreas: /^the inspected area$/,
  changedPixelCap: /^the pixel cap$/,
  changedGoodParts: /^the known-good parts \(((?<added>\d+) added)?(, )?((?<removed>\d+) taken away)?\)$/,
  changedFastPath: /^the fast path$/,
  changedRecipe: /^the recipe$/,
  changedLabelled: /^the labelled images$/,
};

/** `text`, or the page's own words for it. */
export function sentenceInWords(text: string): string {
  if (locale() === 'en') return text;
  for (const [code, pattern] of Object.entries(SENTENCES)) {
    const found = pattern.exec(text);
    if (!found || !i18next.exists(`sentences:${code}`)) continue;
    const { list, reasons, text: piece, ...values } = found.groups ?? {};
    const known = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? '0']));
    return i18next.t(`sentences:${code}`, {
      ...known,
      text: piece === undefined ? '' : sentenceInWords(piece),
      list: list
        ?.split(/, (?![^(]*\))/)
        .map(sentenceInWords)
        .join('、'),
      // A reason may have a semicolon of its own.
      reasons: reasons
        ?.split(/; (?!\d+ are needed)/)
        .map(sentenceInWords)
        .join('；'),
    });
  }
  return text;
}
