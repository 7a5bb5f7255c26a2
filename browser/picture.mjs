// A picture of a made-up document: sharp lines on paper, large enough to be read.
import { PNG } from 'pngjs';

export function document(shade = 30) {
  const png = new PNG({ width: 1000, height: 640 });
  for (let y = 0; y < png.height; y += 1) {
    for (let x = 0; x < png.width; x += 1) {
      const ink = y % 40 < 14 && (x * 7 + (y - (y % 40)) * 13) % 23 < 11 && x > 60 && x < 940;
      const value = ink ? shade : 205;
      png.data.set([value, value, ink ? value : 190, 255], (y * png.width + x) * 4);
    }
  }
  return { name: 'IMG_0001.HEIC', mimeType: 'image/heic', buffer: PNG.sync.write(png) };
}
