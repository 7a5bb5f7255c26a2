//! Decode, turn upright, shrink, re-encode. Runs in the worker.

use std::{
    io::{self, Cursor, Write},
    panic::AssertUnwindSafe,
};

use image::{
    DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};

use super::{
    jpeg::{JpegFault, rebuild_jpeg},
    measure,
};
use crate::rules::picture::{
    MAX_PICTURE_BYTES, MAX_PIXELS, MEASURED_LONG_EDGE, MIN_LONG_EDGE, MIN_SHORT_EDGE, PictureHints, STORED_LONG_EDGE,
    THUMBNAIL_LONG_EDGE, UnusablePicture, derive_hints,
};

/// The JPEG quality at which small print stays readable and a picture stays under a megabyte.
const JPEG_QUALITY: u8 = 85;

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NormalisedImage {
    /// Pixels across.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
    /// What its pixels hint at.
    pub(crate) hints: PictureHints,
    /// The picture, JPEG.
    pub(crate) picture: Vec<u8>,
    /// A small copy, JPEG.
    pub(crate) thumbnail: Vec<u8>,
}

/// What a file is, by its content. Phones name HEIC files `.jpg`; names and media types say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SourceFormat {
    Jpeg,
    Png,
    WebP,
    Heic,
}

fn detect_format(bytes: &[u8]) -> Result<SourceFormat, UnusablePicture> {
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, &[0xFF, 0xD8]) {
        Ok(SourceFormat::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Ok(SourceFormat::Png)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Ok(SourceFormat::WebP)
    } else if at(4, b"ftyp") && is_heic(bytes) {
        Ok(SourceFormat::Heic)
    } else if at(0, b"%PDF-") {
        Err(UnusablePicture::Pdf)
    } else {
        Err(UnusablePicture::UnknownKind)
    }
}

/// Whether a file type box (ISO/IEC 14496-12 §4.3) names an HEVC still among its brands. `mif1` says only that it is some
/// still: an AVIF says so too, and names itself beside it (AV1 Image File Format §6).
fn is_heic(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length));
    let end = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len()).min(256);
    let brands = || bytes.get(8..end).unwrap_or_default().chunks_exact(4);
    let hevc = brands().any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis"));
    let (some, av1) = (
        brands().any(|brand| matches!(brand, b"mif1" | b"mif2")),
        brands().any(|brand| matches!(brand, b"avif" | b"avis")),
    );
    hevc || (some && !av1)
}

/// Makes of `bytes` what is kept.
pub(crate) fn normalise_image(bytes: &[u8]) -> Result<NormalisedImage, UnusablePicture> {
    normalise_image_with(bytes, measure::contains_my_number)
}

/// The same, with another search for a My Number.
fn normalise_image_with(
    bytes: &[u8],
    shows_my_number: fn(&GrayImage) -> bool,
) -> Result<NormalisedImage, UnusablePicture> {
    if bytes.len() > MAX_PICTURE_BYTES {
        return Err(UnusablePicture::TooLarge);
    }
    let kept = match detect_format(bytes)? {
        SourceFormat::Jpeg => decode_raster(&rebuild_jpeg(bytes)?, ImageFormat::Jpeg)?,
        SourceFormat::Png => decode_raster(bytes, ImageFormat::Png)?,
        SourceFormat::WebP => decode_raster(bytes, ImageFormat::WebP)?,
        SourceFormat::Heic => decode_heic(bytes)?,
    };
    let measured = shrink_to_long_edge(kept.clone(), MEASURED_LONG_EDGE).into_luma8();
    let is_larger = kept.width().max(kept.height()) > MEASURED_LONG_EDGE;
    let look = |image: &GrayImage| run_check("the search for a My Number", || shows_my_number(image));
    let found = match look(&measured) {
        // Another size is another picture to a search that stumbled over this one.
        None => look(&shrink_to_three_quarters(&measured)).unwrap_or_default(),
        Some(found) => found,
    };
    if found || (is_larger && look(&kept.to_luma8()).unwrap_or_default()) {
        return Err(UnusablePicture::MyNumber);
    }
    Ok(NormalisedImage {
        width: kept.width(),
        height: kept.height(),
        hints: run_check("the measures", || derive_hints(&measure::measure_image(&measured))).unwrap_or_default(),
        thumbnail: encode_jpeg(&kept.thumbnail(THUMBNAIL_LONG_EDGE, THUMBNAIL_LONG_EDGE))?,
        picture: encode_jpeg(&kept)?,
    })
}

/// What a check says, or nothing where it falls over: a check on top never costs the picture. Why it fell over, the panic
/// hook has written to standard error, which the service logs.
fn run_check<T>(name: &str, judge: impl FnOnce() -> T) -> Option<T> {
    let said = std::panic::catch_unwind(AssertUnwindSafe(judge));
    if said.is_err() {
        // A closed standard error is no reason to fail.
        let _unheard = writeln!(io::stderr(), "{name} failed");
    }
    said.ok()
}

/// The same picture at three quarters of its size.
fn shrink_to_three_quarters(image: &GrayImage) -> GrayImage {
    image::imageops::thumbnail(image, image.width() * 3 / 4, image.height() * 3 / 4)
}

impl From<JpegFault> for UnusablePicture {
    fn from(fault: JpegFault) -> Self {
        match fault {
            JpegFault::NoImage | JpegFault::LostBlocks => Self::Unreadable,
            JpegFault::TooManyScans => Self::TooCostly,
        }
    }
}

/// The most memory that a picture's pixels may fill as they are stored: 60 million of three bytes, with room for four.
const MAX_DECODED_BYTES: u64 = 4 * MAX_PIXELS;
/// From how many pixels on a picture must have some content, and how many pixels a byte may stand for. A sensor's noise
/// alone takes a byte for every twenty; what stands for hundreds is one colour all over, or made to keep us busy.
const LARGE_IMAGE_PIXELS: u64 = 20_000_000;
const MAX_PIXELS_PER_BYTE: u64 = 100;

/// Refuses by size before a pixel is decoded.
fn check_dimensions(width: u32, height: u32, bytes: usize) -> Result<(), UnusablePicture> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(UnusablePicture::TooManyPixels);
    }
    if pixels > LARGE_IMAGE_PIXELS && pixels / MAX_PIXELS_PER_BYTE > bytes as u64 {
        return Err(UnusablePicture::TooCostly);
    }
    if width.max(height) < MIN_LONG_EDGE || width.min(height) < MIN_SHORT_EDGE {
        return Err(UnusablePicture::TooSmall);
    }
    Ok(())
}

/// JPEG, PNG or WebP, at the size that is kept. Their orientation is what EXIF says (JEITA CP-3451 §4.6.5), as every viewer shows it.
fn decode_raster(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, UnusablePicture> {
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder = reader.into_decoder().map_err(|_| UnusablePicture::Unreadable)?;
    let (width, height) = decoder.dimensions();
    check_dimensions(width, height, bytes.len())?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(UnusablePicture::TooManyPixels);
    }
    // Broken EXIF is no reason to refuse the pixels; the desk can turn the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let lying = DynamicImage::from_decoder(decoder).map_err(|_| UnusablePicture::Unreadable)?;
    // Shrunk before it is turned: turning needs the picture twice.
    let mut upright = shrink_to_long_edge(DynamicImage::ImageRgb8(flatten_on_white(lying)), STORED_LONG_EDGE);
    upright.apply_orientation(orientation);
    Ok(upright)
}

/// HEIC. Turning is a property of the container (`irot`, `imir`; ISO/IEC 23008-12 §6.5.10) and done by the decoder; the EXIF
/// orientation in the same file only repeats it, or contradicts it, and is not looked at.
fn decode_heic(bytes: &[u8]) -> Result<DynamicImage, UnusablePicture> {
    let file = heifer::heifer_isobmff::HeifFile::parse(bytes).map_err(|_| UnusablePicture::Unreadable)?;
    if let Ok(Some((width, height))) = file.image_size(file.primary_id) {
        check_dimensions(width, height, bytes.len())?;
    }
    let options = heifer::Options { max_threads: 1, max_pixels: MAX_PIXELS };
    let decoded = match heifer::decode_srgb_rgba8(bytes, &options) {
        // A colour space that cannot be brought to sRGB still shows the print.
        Err(heifer::Error::Unsupported(_)) => heifer::decode_rgba8(bytes, &options),
        answer => answer,
    }
    .map_err(|_| UnusablePicture::Unreadable)?;
    check_dimensions(decoded.width, decoded.height, bytes.len())?;
    let pixels =
        image::RgbaImage::from_raw(decoded.width, decoded.height, decoded.data).ok_or(UnusablePicture::Unreadable)?;
    Ok(shrink_to_long_edge(
        DynamicImage::ImageRgb8(flatten_on_white(DynamicImage::ImageRgba8(pixels))),
        STORED_LONG_EDGE,
    ))
}

/// What is transparent becomes white paper, not black.
fn flatten_on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let from = image.into_rgba8();
    let (width, height) = from.dimensions();
    let mut pixels = from.into_raw();
    // In place: three bytes are written where four were read.
    let mut written = 0;
    for read in (0..pixels.len()).step_by(4) {
        let alpha = pixels[read + 3];
        for channel in 0..3 {
            pixels[written] = blend_over_white(pixels[read + channel], alpha);
            written += 1;
        }
    }
    pixels.truncate(written);
    RgbImage::from_raw(width, height, pixels).unwrap_or_default()
}

fn blend_over_white(colour: u8, alpha: u8) -> u8 {
    let (colour, alpha) = (u16::from(colour), u16::from(alpha));
    u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

fn shrink_to_long_edge(image: DynamicImage, long_edge: u32) -> DynamicImage {
    if image.width().max(image.height()) <= long_edge {
        return image;
    }
    // The good filter keeps a strip of the picture as floating point numbers, four for each pixel. A far larger picture is
    // first brought to twice the size by means.
    let image = if image.width().max(image.height()) > 2 * long_edge {
        let nearer = image.thumbnail(2 * long_edge, 2 * long_edge);
        drop(image);
        nearer
    } else {
        image
    };
    image.resize(long_edge, long_edge, FilterType::CatmullRom)
}

fn encode_jpeg(image: &DynamicImage) -> Result<Vec<u8>, UnusablePicture> {
    let mut bytes = Vec::new();
    // The encoder writes the pixels and nothing beside them.
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(image)
        .map_err(|_| UnusablePicture::Unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
