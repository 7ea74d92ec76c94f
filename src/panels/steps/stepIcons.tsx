/** One icon for each kind of step, the same wherever steps are named. */
import {
  CircleAlert,
  CircleSlash,
  Eye,
  GitCompareArrows,
  Gavel,
  ScanSearch,
  ZoomIn,
  type LucideIcon,
} from 'lucide-react';
import type { StepKind } from '@agentiad/core/replay/runSoFar.ts';

export const STEP_ICONS: Readonly<Record<StepKind, LucideIcon>> = {
  look: Eye,
  difference: ScanSearch,
  zoom: ZoomIn,
  compare: GitCompareArrows,
  answer: Gavel,
  unreadable: CircleAlert,
  unfinished: CircleSlash,
};
