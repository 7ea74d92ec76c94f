/**
 * A verdict's reason on the page. Core writes it in English, sentence by sentence; a page in another language shows its
 * own words for the sentences it knows, with the original beside them. What is stored and exported stays as it was.
 */
import { sentenceInWords } from '../i18n/sentences.ts';
import { locale, word } from '../i18n/words.ts';
import { typeWords } from './words.ts';

const SENTENCES: readonly { readonly says: RegExp; readonly words: (found: RegExpExecArray) => string }[] = [
  { says: /^Sent to review: not validated on this kind of part\.$/, words: () => word('reasons:notValidated') },
  { says: /^Sent to review: validated with another model\.$/, words: () => word('reasons:otherModel') },
  {
    says: /^Sent to review: the recipe was changed after its validation\.$/,
    words: () => word('reasons:recipeChanged'),
  },
  { says: /^Sent to review: validated with other .+\.$/, words: () => word('reasons:otherSettings') },
  { says: /^Sent to review: the score lies between t1 and t2\.$/, words: () => word('reasons:between') },
  { says: /^Sent to review: the inspection failed\.$/, words: () => word('reasons:failed') },
  { says: /^The score is below t1\.$/, words: () => word('reasons:below') },
  { says: /^The score is above t2\.$/, words: () => word('reasons:above') },
  { says: /^Stopped before an answer\.$/, words: () => word('reasons:stopped') },
  { says: /^Nothing was decided\.$/, words: () => word('reasons:undecided') },
  { says: /^The agent says normal\.$/, words: () => word('reasons:saysNormal') },
  {
    says: /^The agent says defect: (.+)\.$/,
    words: ([, type]) => word('reasons:saysDefect', { type: typeWords(type!) }),
  },
];

/** The first sentence and the rest; in English word for word. */
export function reasonWords(reason: string): readonly [lead: string, rest: string] {
  const end = reason.indexOf('. ');
  const parts = end < 0 ? ([reason, ''] as const) : ([reason.slice(0, end + 1), reason.slice(end + 2)] as const);
  return locale() === 'en' ? parts : [translated(parts[0]), translated(parts[1])];
}

function translated(text: string): string {
  return text
    .split(/(?<=\.) /)
    .map((sentence) => {
      for (const { says, words } of SENTENCES) {
        const found = says.exec(sentence);
        if (found) return words(found);
      }
      return sentenceInWords(sentence);
    })
    .join('');
}
