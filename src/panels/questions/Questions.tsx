/** What the inspector asked the agent, and what it answered. */
export function Questions() {
  return null;
}
