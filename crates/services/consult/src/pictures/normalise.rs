//! Decodes, rotates, shrinks and re-encodes a picture. Runs in the worker.

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
    rules::picture::{
        MAX_PICTURE_BYTES, MAX_PIXELS, MEASURED_LONG_EDGE, MIN_LONG_EDGE, MIN_SHORT_EDGE, PictureHints,
        STORED_LONG_EDGE, THUMBNAIL_LONG_EDGE, UnusablePicture, derive_hints,
    },
};

/// The JPEG quality at which small print is legible and a picture is below a megabyte.
const JPEG_QUALITY: u8 = 85;

/// A normalised picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NormalisedImage {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) hints: PictureHints,
    /// JPEG.
    pub(crate) picture: Vec<u8>,
    /// JPEG.
    pub(crate) thumbnail: Vec<u8>,
}

/// The format of a file, by its content. Phones name HEIC files `.jpg`, so names and media types are not reliable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SourceFormat {
    Jpeg,
    Png,
    WebP,
    Heic,
}

fn detect_format(bytes: &[u8]) -> Result<SourceFormat, UnusablePicture> {
    let has_magic = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if has_magic(0, &[0xFF, 0xD8]) {
        Ok(SourceFormat::Jpeg)
    } else if has_magic(0, b"\x89PNG\r\n\x1a\n") {
        Ok(SourceFormat::Png)
    } else if has_magic(0, b"RIFF") && has_magic(8, b"WEBP") {
        Ok(SourceFormat::WebP)
    } else if has_magic(4, b"ftyp") && is_heic(bytes) {
        Ok(SourceFormat::Heic)
    } else if has_magic(0, b"%PDF-") {
        Err(UnusablePicture::Pdf)
    } else {
        Err(UnusablePicture::UnknownKind)
    }
}

/// Whether the brands of a file type box (ISO/IEC 14496-12 §4.3) are those of an HEVC image. `mif1` stands for any image
/// format, also for AVIF, which has a brand of its own besides (AV1 Image File Format §6).
fn is_heic(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length));
    let end = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len()).min(256);
    let brands = || bytes.get(8..end).unwrap_or_default().chunks_exact(4);
    let hevc = brands().any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis"));
    let (generic, av1) = (
        brands().any(|brand| matches!(brand, b"mif1" | b"mif2")),
        brands().any(|brand| matches!(brand, b"avif" | b"avis")),
    );
    hevc || (generic && !av1)
}

/// Normalises a picture.
pub(crate) fn normalise_image(bytes: &[u8]) -> Result<NormalisedImage, UnusablePicture> {
    normalise_image_with(bytes, measure::contains_my_number)
}

/// [`normalise_image`] with another search for a My Number.
fn normalise_image_with(
    bytes: &[u8],
    shows_my_number: fn(&GrayImage) -> bool,
) -> Result<NormalisedImage, UnusablePicture> {
    if bytes.len() > MAX_PICTURE_BYTES {
        return Err(UnusablePicture::TooLarge);
    }
    let image = match detect_format(bytes)? {
        SourceFormat::Jpeg => decode_raster(&rebuild_jpeg(bytes)?, ImageFormat::Jpeg)?,
        SourceFormat::Png => decode_raster(bytes, ImageFormat::Png)?,
        SourceFormat::WebP => decode_raster(bytes, ImageFormat::WebP)?,
        SourceFormat::Heic => decode_heic(bytes)?,
    };
    let measured = shrink_to_long_edge(image.clone(), MEASURED_LONG_EDGE).into_luma8();
    let is_larger = image.width().max(image.height()) > MEASURED_LONG_EDGE;
    let search = |image: &GrayImage| run_check("the search for a My Number", || shows_my_number(image));
    let found_in_small = match search(&measured) {
        // A search that panicked at one size may succeed at another.
        None => search(&shrink_to_three_quarters(&measured)).unwrap_or_default(),
        Some(found_in_small) => found_in_small,
    };
    if found_in_small || (is_larger && search(&image.to_luma8()).unwrap_or_default()) {
        return Err(UnusablePicture::MyNumber);
    }
    Ok(NormalisedImage {
        width: image.width(),
        height: image.height(),
        hints: run_check("the measures", || derive_hints(&measure::measure_image(&measured))).unwrap_or_default(),
        thumbnail: encode_jpeg(&image.thumbnail(THUMBNAIL_LONG_EDGE, THUMBNAIL_LONG_EDGE))?,
        picture: encode_jpeg(&image)?,
    })
}

/// Runs a check; `None` if it panics, so that an additional check never fails the picture. The panic hook has written the
/// reason to standard error, which the service logs.
fn run_check<T>(name: &str, check: impl FnOnce() -> T) -> Option<T> {
    let result = std::panic::catch_unwind(AssertUnwindSafe(check));
    if result.is_err() {
        // A closed standard error is no reason to fail.
        let _ignored = writeln!(io::stderr(), "{name} failed");
    }
    result.ok()
}

/// The picture at three quarters of its size.
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

/// The limit of a decoded picture, in bytes: 60 million pixels of four bytes.
const MAX_DECODED_BYTES: u64 = 4 * MAX_PIXELS;
/// From how many pixels on the file size is checked, and how many pixels a byte may stand for. A photo has at least a byte
/// for every twenty pixels because of sensor noise; hundreds of pixels for a byte are a single colour, or an attack.
const LARGE_IMAGE_PIXELS: u64 = 20_000_000;
const MAX_PIXELS_PER_BYTE: u64 = 100;

/// Checks the dimensions before a pixel is decoded.
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

/// Decodes JPEG, PNG or WebP, at the stored size, with the orientation of EXIF (JEITA CP-3451 §4.6.5).
fn decode_raster(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, UnusablePicture> {
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder = reader.into_decoder().map_err(|_| UnusablePicture::Unreadable)?;
    let (width, height) = decoder.dimensions();
    check_dimensions(width, height, bytes.len())?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(UnusablePicture::TooManyPixels);
    }
    // Invalid EXIF is ignored; the desk can rotate the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|_| UnusablePicture::Unreadable)?;
    // Shrunk first: rotating needs the picture in memory twice.
    let mut upright = shrink_to_long_edge(DynamicImage::ImageRgb8(flatten_on_white(image)), STORED_LONG_EDGE);
    upright.apply_orientation(orientation);
    Ok(upright)
}

/// Decodes HEIC. Rotation is a property of the container (`irot`, `imir`; ISO/IEC 23008-12 §6.5.10) and applied by the
/// decoder; an EXIF orientation in the same file repeats or contradicts it, and is ignored.
fn decode_heic(bytes: &[u8]) -> Result<DynamicImage, UnusablePicture> {
    let file = heifer::heifer_isobmff::HeifFile::parse(bytes).map_err(|_| UnusablePicture::Unreadable)?;
    if let Ok(Some((width, height))) = file.image_size(file.primary_id) {
        check_dimensions(width, height, bytes.len())?;
    }
    let options = heifer::Options { max_threads: 1, max_pixels: MAX_PIXELS };
    let decoded = match heifer::decode_srgb_rgba8(bytes, &options) {
        // Without conversion to sRGB the print is still legible.
        Err(heifer::Error::Unsupported(_)) => heifer::decode_rgba8(bytes, &options),
        result => result,
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

/// Makes transparent pixels white, as paper, not black.
fn flatten_on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    let mut pixels = rgba.into_raw();
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
    // The Catmull-Rom filter stores part of the picture as four floating point numbers per pixel. A far larger picture is
    // first shrunk to twice the size by averaging.
    let image = if image.width().max(image.height()) > 2 * long_edge {
        let intermediate = image.thumbnail(2 * long_edge, 2 * long_edge);
        drop(image);
        intermediate
    } else {
        image
    };
    image.resize(long_edge, long_edge, FilterType::CatmullRom)
}

fn encode_jpeg(image: &DynamicImage) -> Result<Vec<u8>, UnusablePicture> {
    let mut bytes = Vec::new();
    // The encoder writes no metadata.
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(image)
        .map_err(|_| UnusablePicture::Unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
