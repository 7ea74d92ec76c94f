/** Tests of the studio run with the English words. */
import { startI18n } from '../i18n/index.ts';

await startI18n('en');
