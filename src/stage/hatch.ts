/** Diagonal lines as a fill, one small canvas a colour; a handful of colours exist. */
const SIDE = 12;
const made = new Map<string, HTMLCanvasElement>();

export function hatchPattern(colour: string): HTMLCanvasElement {
  const known = made.get(colour);
  if (known) return known;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (context) {
    context.strokeStyle = colour;
    context.globalAlpha = 0.32;
    context.lineWidth = 1;
    // Twice beyond the corners, so that the lines meet at the tiles' edges.
    for (const shift of [-SIDE, 0, SIDE]) {
      context.beginPath();
      context.moveTo(shift - 1, SIDE + 1);
      context.lineTo(shift + SIDE + 1, -1);
      context.stroke();
    }
  }
  made.set(colour, canvas);
  return canvas;
}
