/** Strokes of a pen, as a path to be seen while they are drawn and as a picture to be kept. */

export interface Point {
  x: number;
  y: number;
}
export type Stroke = Point[];

const PEN = 2.5;

/** A stroke as the `d` of an SVG path; a dot is a short line. */
export function pathOf(stroke: Stroke): string {
  const [first, ...rest] = stroke.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  if (first === undefined) return '';
  return `M${first}${(rest.length > 0 ? rest : [first]).map((point) => `L${point}`).join('')}`;
}

/** The strokes in black on white, twice as fine as on the screen; null where the browser cannot paint. */
export async function pictureOf(strokes: Stroke[], width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = width * 2;
  canvas.height = height * 2;
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(2, 2);
  pen.lineWidth = PEN;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const stroke of strokes) pen.stroke(new Path2D(pathOf(stroke)));
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
