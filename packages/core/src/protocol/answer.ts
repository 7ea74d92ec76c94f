/** The answer the agent writes inside `<answer>` (agent-spec §2.1, §2.8; `evidence` is design §6). */
export interface AnswerEvidence {
  readonly text: string;
  /** 1-based index among the images of the conversation. */
  readonly image: number;
  /** Normalised 0..1 in that image. */
  readonly bbox_2d?: readonly [number, number, number, number];
}

export interface Answer {
  readonly anomaly_present: boolean;
  /** One of the candidate types, or `none`. */
  readonly top_anomaly: string;
  readonly visual_descriptions: readonly string[];
  readonly evidence?: readonly AnswerEvidence[];
}
