// What a camera reads in a QR code: by a decoder that we did not write, from the dots that are there to be seen.
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

// The text of the one code in a PNG.
export function decode(png) {
  const { data, width, height } = PNG.sync.read(png);
  const found = jsQR(new Uint8ClampedArray(data), width, height);
  if (!found) throw new Error(`no code can be read in a picture of ${width}×${height}`);
  return found.data;
}

// The text of a code as the page shows it.
export async function scan(code) {
  await code.scrollIntoViewIfNeeded();
  return decode(await code.screenshot());
}

// The text of the code that a sheet of PDF draws: a square for each dark module, filled black on white paper.
export function decodePdf(pdf) {
  const text = pdf.toString('latin1');
  const squares = [...text.matchAll(/([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re\b/g)].map((found) => found.slice(1).map(Number));
  if (!squares.length) throw new Error('the sheet draws no square');
  const side = squares[0][2];
  const [left, top] = [Math.min(...squares.map(([x]) => x)), Math.max(...squares.map(([, y]) => y))];
  const place = ([x, y]) => [Math.round((x - left) / side), Math.round((top - y) / side)];
  const modules = Math.max(...squares.flatMap(place)) + 1;
  const [dots, quiet] = [4, 4];
  const edge = (modules + 2 * quiet) * dots;
  const paper = new PNG({ width: edge, height: edge });
  paper.data.fill(255);
  for (const square of squares) {
    const [column, row] = place(square);
    for (let down = 0; down < dots; down += 1) {
      for (let across = 0; across < dots; across += 1) {
        const dot = ((row + quiet) * dots + down) * edge + (column + quiet) * dots + across;
        paper.data.set([0, 0, 0], dot * 4);
      }
    }
  }
  return decode(PNG.sync.write(paper));
}
