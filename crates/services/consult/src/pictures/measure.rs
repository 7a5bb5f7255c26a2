//! Measurements of pixels.

use image::GrayImage;

use super::rules::picture::{ImageMeasures, is_my_number};

/// From which brightness on a pixel counts as saturated.
const SATURATED: u8 = 253;

pub(crate) fn measure_image(image: &GrayImage) -> ImageMeasures {
    let pixels = image.as_raw();
    let (mut sum, mut saturated, mut rest) = (0_u64, 0_u64, 0_u64);
    for pixel in pixels {
        sum += u64::from(*pixel);
        if *pixel >= SATURATED {
            saturated += 1;
        } else {
            rest += u64::from(*pixel);
        }
    }
    let count = pixels.len() as u64;
    ImageMeasures {
        detail: variance_of_laplacian(image),
        brightness: ratio(sum, count),
        saturated: ratio(saturated, count),
        brightness_of_the_rest: ratio(rest, count - saturated),
    }
}

/// The variance of the 3×3 Laplacian over all inner pixels: small if nothing is sharp.
fn variance_of_laplacian(image: &GrayImage) -> f64 {
    let width = image.width() as usize;
    let pixels = image.as_raw();
    let (mut sum, mut squares, mut count) = (0_i64, 0_i64, 0_u64);
    let rows: Vec<&[u8]> = pixels.chunks_exact(width).collect();
    for [above, row, below] in rows.array_windows() {
        for x in 1..width - 1 {
            let neighbours = i64::from(above[x]) + i64::from(below[x]) + i64::from(row[x - 1]) + i64::from(row[x + 1]);
            let laplacian = neighbours - 4 * i64::from(row[x]);
            sum += laplacian;
            squares += laplacian * laplacian;
            count += 1;
        }
    }
    let mean = signed_ratio(sum, count);
    signed_ratio(squares, count) - mean * mean
}

#[expect(clippy::cast_precision_loss, reason = "sums over at most 60 million bytes are far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "sums over at most 60 million small numbers are far below 2^52")]
fn signed_ratio(part: i64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Whether a QR code in the picture contains a My Number, as on the back of the card.
pub(crate) fn contains_my_number(image: &GrayImage) -> bool {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = image.as_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    prepared.detect_grids().iter().any(|grid| grid.decode().is_ok_and(|(_, text)| is_my_number(&text)))
}
