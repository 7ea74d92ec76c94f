/** What the model received and wrote in the step on the stage: pixels, text, calls, numbers. */
export function ModelEye() {
  return null;
}
