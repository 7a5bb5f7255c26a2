//! Repairs JPEG files (ISO/IEC 10918-1) with bytes between segments or without an end marker, and detects truncated ones.
//!
//! Viewers show files with the first two defects. Of a truncated file, decoders fill the rest with grey without an error,
//! which makes a document illegible. So the coded blocks are counted, whatever follows them.

/// Why a JPEG is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JpegFault {
    /// There is no frame or no scan.
    NoImage,
    /// More than a row of blocks is missing.
    LostBlocks,
    /// More than [`MAX_SCANS`].
    TooManyScans,
}

/// The limit of scans. Encoders write about ten; decoding each scan of a progressive picture passes over all blocks.
const MAX_SCANS: usize = 100;

const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

/// The same picture without bytes between segments and with an end marker, if all of its blocks are present.
pub(crate) fn rebuild_jpeg(bytes: &[u8]) -> Result<Vec<u8>, JpegFault> {
    let mut rebuilt = Vec::with_capacity(bytes.len() + 2);
    rebuilt.extend([0xFF, 0xD8]);
    let mut reader = JpegReader::default();
    let mut position = 2;
    while let Some(start) = find_marker(bytes, position) {
        let marker = bytes[start + 1];
        if marker == EOI {
            if reader.scans > 0 {
                break;
            }
            position = start + 2;
            continue;
        }
        let Some(content) = segment_content(bytes, start + 2) else { break };
        let mut end = start + 4 + content.len();
        match marker {
            0xC0..=0xC2 => reader.frame = Frame::parse(marker == 0xC2, content),
            // Lossless and arithmetic frames are left to the decoder.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => reader.unknown_frame = true,
            0xC4 => reader.tables.define_tables(content),
            0xDD => {
                reader.restart_interval =
                    content.first_chunk::<2>().map_or(0, |interval| u64::from(u16::from_be_bytes(*interval)));
            }
            SOS => {
                let data_end = find_scan_end(bytes, end);
                reader.read_scan(content, &bytes[end..data_end])?;
                end = data_end;
            }
            _ => {}
        }
        rebuilt.extend(&bytes[start..end]);
        position = end;
    }
    reader.check_complete()?;
    rebuilt.extend([0xFF, EOI]);
    Ok(rebuilt)
}

/// Whether the marker begins a segment or a scan, or ends the picture.
fn is_structural_marker(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | 0xD9..=0xEF | 0xFE)
}

fn find_marker(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let offset = rest.array_windows().position(|[first, second]| *first == 0xFF && is_structural_marker(*second))?;
    Some(start + offset)
}

/// The content of the segment whose length field is at `position`.
fn segment_content(bytes: &[u8], position: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(position..)?.first_chunk()?));
    bytes.get(position + 2..position + length.max(2))
}

fn find_scan_end(bytes: &[u8], start: usize) -> usize {
    find_marker(bytes, start).unwrap_or(bytes.len())
}

/// The state of reading a picture.
#[derive(Default)]
struct JpegReader {
    frame: Option<Frame>,
    /// Whether there is a frame of a kind whose blocks are not counted.
    unknown_frame: bool,
    tables: HuffmanTables,
    /// The number of units between restart markers (§B.2.4.4); 0 for none.
    restart_interval: u64,
    scans: usize,
    has_lost_blocks: bool,
}

impl JpegReader {
    fn read_scan(&mut self, header: &[u8], data: &[u8]) -> Result<(), JpegFault> {
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(JpegFault::TooManyScans);
        }
        if let (Some(frame), false) = (&mut self.frame, self.unknown_frame)
            && let Some(scan) = frame.begin_scan(header)
        {
            let missing = scan.missing_units(data, &self.tables, self.restart_interval);
            self.has_lost_blocks |= missing > scan.units_per_row;
        }
        Ok(())
    }

    fn check_complete(&self) -> Result<(), JpegFault> {
        match &self.frame {
            _ if self.scans == 0 => Err(JpegFault::NoImage),
            _ if self.unknown_frame => Ok(()),
            None => Err(JpegFault::NoImage),
            Some(frame) if self.has_lost_blocks || !frame.is_covered() => Err(JpegFault::LostBlocks),
            Some(_) => Ok(()),
        }
    }
}

/// A frame (§B.2.2), with the coverage of its scans so far.
struct Frame {
    progressive: bool,
    width: u64,
    height: u64,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    horizontal: u64,
    vertical: u64,
    has_dc: bool,
    has_ac: bool,
}

impl Frame {
    fn parse(progressive: bool, content: &[u8]) -> Option<Self> {
        let [_, high, low, wide_high, wide_low, count, components @ ..] = content else { return None };
        let height = u64::from(u16::from_be_bytes([*high, *low]));
        let width = u64::from(u16::from_be_bytes([*wide_high, *wide_low]));
        let components: Vec<_> = components
            .as_chunks::<3>()
            .0
            .iter()
            .take(usize::from(*count))
            .map(|[id, sampling, _]| Component {
                id: *id,
                horizontal: u64::from(sampling >> 4).clamp(1, 4),
                vertical: u64::from(sampling & 15).clamp(1, 4),
                has_dc: false,
                has_ac: false,
            })
            .collect();
        let sized = width > 0 && height > 0 && !components.is_empty() && components.len() <= 4;
        sized.then_some(Self { progressive, width, height, components })
    }

    /// Whether every component has DC coefficients, and the first one also AC coefficients.
    fn is_covered(&self) -> bool {
        self.components.iter().all(|component| component.has_dc) && self.components[0].has_ac
    }

    /// Parses a scan header (§B.2.3). `None` for a refinement, which adds precision and no blocks, and for a malformed header,
    /// which is left to the decoder.
    fn begin_scan(&mut self, header: &[u8]) -> Option<Scan> {
        let (count, rest) = header.split_first()?;
        let (pairs, parameters) = rest.split_at_checked(usize::from(*count) * 2)?;
        let [spectral_start, spectral_end, approximation, ..] = parameters else { return None };
        let refines = self.progressive && approximation >> 4 != 0;
        let coding = match (self.progressive, spectral_start) {
            (false, _) => ScanCoding::Sequential,
            (true, 0) => ScanCoding::FirstDc,
            (true, _) => ScanCoding::FirstAc { spectral_start: *spectral_start, spectral_end: (*spectral_end).min(63) },
        };
        let mut blocks = Vec::new();
        let (max_horizontal, max_vertical) = self.max_sampling_factors();
        let single_component = *count == 1;
        let mut grid = (self.width.div_ceil(8 * max_horizontal), self.height.div_ceil(8 * max_vertical));
        for [id, tables] in pairs.as_chunks::<2>().0 {
            let (width, height) = (self.width, self.height);
            let component = self.components.iter_mut().find(|component| component.id == *id)?;
            component.has_dc |= !matches!(coding, ScanCoding::FirstAc { .. });
            component.has_ac |= !matches!(coding, ScanCoding::FirstDc);
            let blocks_per_unit = if single_component {
                grid = (
                    (width * component.horizontal).div_ceil(max_horizontal).div_ceil(8),
                    (height * component.vertical).div_ceil(max_vertical).div_ceil(8),
                );
                1
            } else {
                component.horizontal * component.vertical
            };
            for _ in 0..blocks_per_unit {
                blocks.push((usize::from(tables >> 4) & 3, usize::from(tables & 15) & 3));
            }
        }
        let (units_per_row, rows) = grid;
        (!refines && !blocks.is_empty()).then_some(Scan { coding, blocks, units_per_row, units: units_per_row * rows })
    }

    fn max_sampling_factors(&self) -> (u64, u64) {
        let max = |factor: fn(&Component) -> u64| self.components.iter().map(factor).max().unwrap_or(1);
        (max(|component| component.horizontal), max(|component| component.vertical))
    }
}

#[derive(Debug, Clone, Copy)]
enum ScanCoding {
    /// All coefficients of a block at once (§F).
    Sequential,
    /// The first scan of the DC coefficients (§G.1.2.1).
    FirstDc,
    /// The first scan of a band of AC coefficients (§G.1.2.2).
    FirstAc { spectral_start: u8, spectral_end: u8 },
}

/// A scan: the coding of its blocks and the number of units (MCU) that it announces.
struct Scan {
    coding: ScanCoding,
    /// The destinations of the DC and AC tables of each block in a unit.
    blocks: Vec<(usize, usize)>,
    units_per_row: u64,
    units: u64,
}

impl Scan {
    /// How many of the announced units the data does not contain.
    fn missing_units(&self, data: &[u8], tables: &HuffmanTables, restart: u64) -> u64 {
        let tables = tables.tables_for_scan(&self.blocks);
        let interval = if restart == 0 { self.units } else { restart };
        let mut bits = BitReader::new(data);
        let (mut missing, mut counted) = (0, 0);
        while counted < self.units {
            let expected = interval.min(self.units - counted);
            missing += expected - self.count_units(&mut bits, &tables, expected);
            counted += expected;
            if counted < self.units && !bits.skip_restart_marker() {
                return missing + (self.units - counted);
            }
        }
        missing
    }

    /// How many units can be read, of `announced`.
    fn count_units(&self, bits: &mut BitReader<'_>, tables: &ScanTables, announced: u64) -> u64 {
        let mut run = 0;
        for unit in 0..announced {
            for (dc, ac) in &self.blocks {
                let decoded = match self.coding {
                    ScanCoding::Sequential => {
                        read_dc(bits, tables.dc[*dc].as_ref()).and_then(|()| read_ac(bits, tables.ac[*ac].as_ref()))
                    }
                    ScanCoding::FirstDc => read_dc(bits, tables.dc[*dc].as_ref()),
                    ScanCoding::FirstAc { spectral_start, spectral_end } => {
                        read_band(bits, tables.ac[*ac].as_ref(), (spectral_start, spectral_end), &mut run)
                    }
                };
                if decoded.is_none() {
                    return unit;
                }
            }
        }
        announced
    }
}

fn read_dc(bits: &mut BitReader<'_>, table: Option<&HuffmanLookup>) -> Option<()> {
    let size = bits.read_symbol(table?)?;
    bits.skip_bits(u32::from(size).min(16))
}

fn read_ac(bits: &mut BitReader<'_>, table: Option<&HuffmanLookup>) -> Option<()> {
    let table = table?;
    let mut index = 1;
    while index < 64 {
        let symbol = bits.read_symbol(table)?;
        match (symbol >> 4, symbol & 15) {
            (15, 0) => index += 16,
            (_, 0) => return Some(()),
            (zeros, size) => {
                index += zeros + 1;
                bits.skip_bits(u32::from(size))?;
            }
        }
    }
    Some(())
}

fn read_band(
    bits: &mut BitReader<'_>,
    table: Option<&HuffmanLookup>,
    (start, end): (u8, u8),
    run: &mut u32,
) -> Option<()> {
    if *run > 0 {
        *run -= 1;
        return Some(());
    }
    let table = table?;
    let mut index = start;
    while index <= end {
        let symbol = bits.read_symbol(table)?;
        match (symbol >> 4, symbol & 15) {
            (15, 0) => index += 16,
            (length, 0) => {
                *run = (1 << length) - 1 + bits.read_bits(u32::from(length))?;
                return Some(());
            }
            (zeros, size) => {
                index += zeros + 1;
                bits.skip_bits(u32::from(size))?;
            }
        }
    }
    Some(())
}

/// For each value of the next 16 bits: the length of the code that they begin with, and its symbol. Length 0 is no code.
type HuffmanLookup = Vec<(u8, u8)>;

/// The Huffman tables defined last (§B.2.4.2): the number of codes of each length, and their symbols.
#[derive(Default)]
struct HuffmanTables {
    dc: [Option<(Vec<u8>, Vec<u8>)>; 4],
    ac: [Option<(Vec<u8>, Vec<u8>)>; 4],
}

/// The tables of one scan.
#[derive(Default)]
struct ScanTables {
    dc: [Option<HuffmanLookup>; 4],
    ac: [Option<HuffmanLookup>; 4],
}

impl HuffmanTables {
    fn define_tables(&mut self, mut content: &[u8]) {
        while let [destination, rest @ ..] = content {
            let Some((counts, rest)) = rest.split_at_checked(16) else { return };
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(count) else { return };
            let tables = if destination >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            tables[usize::from(destination & 3)] = Some((counts.to_vec(), symbols.to_vec()));
            content = rest;
        }
    }

    fn tables_for_scan(&self, blocks: &[(usize, usize)]) -> ScanTables {
        let mut tables = ScanTables::default();
        for (dc, ac) in blocks {
            if tables.dc[*dc].is_none() {
                tables.dc[*dc] = self.dc[*dc].as_ref().map(|(counts, symbols)| build_lookup(counts, symbols));
            }
            if tables.ac[*ac].is_none() {
                tables.ac[*ac] = self.ac[*ac].as_ref().map(|(counts, symbols)| build_lookup(counts, symbols));
            }
        }
        tables
    }
}

/// §C.2: codes of one length are consecutive, and the first code of the next length is twice the next code.
fn build_lookup(counts: &[u8], symbols: &[u8]) -> HuffmanLookup {
    let mut table = vec![(0, 0); 1 << 16];
    let mut symbols = symbols.iter();
    let mut first_entry = 0_usize;
    for (length, count) in (1_u8..=16).zip(counts) {
        let span = 1 << (16 - length);
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            if let Some(entries) = table.get_mut(first_entry..first_entry + span) {
                entries.fill((length, *symbol));
            }
            first_entry += span;
        }
    }
    table
}

/// Reads the bits of a scan up to the next restart marker.
struct BitReader<'d> {
    data: &'d [u8],
    position: usize,
    /// The next bits, left-aligned.
    buffer: u64,
    buffered_bits: u32,
}

impl<'d> BitReader<'d> {
    fn new(data: &'d [u8]) -> Self {
        Self { data, position: 0, buffer: 0, buffered_bits: 0 }
    }

    fn fill(&mut self) {
        while self.buffered_bits <= 56 {
            let byte = match self.data.get(self.position..) {
                Some([0xFF, 0x00, ..]) => {
                    self.position += 1;
                    0xFF
                }
                Some([0xFF, 0xFF, ..]) => {
                    self.position += 1;
                    continue;
                }
                // A restart marker, or the end of the data.
                Some([0xFF, ..] | []) | None => return,
                Some([byte, ..]) => *byte,
            };
            self.position += 1;
            self.buffer |= u64::from(byte) << (56 - self.buffered_bits);
            self.buffered_bits += 8;
        }
    }

    fn read_symbol(&mut self, table: &HuffmanLookup) -> Option<u8> {
        self.fill();
        let (length, symbol) = table[usize::try_from(self.buffer >> 48).unwrap_or_default()];
        (length > 0).then_some(())?;
        self.skip_bits(u32::from(length))?;
        Some(symbol)
    }

    fn read_bits(&mut self, count: u32) -> Option<u32> {
        self.fill();
        let value = if count == 0 { 0 } else { self.buffer >> (64 - count) };
        self.skip_bits(count)?;
        u32::try_from(value).ok()
    }

    fn skip_bits(&mut self, count: u32) -> Option<()> {
        if count > self.buffered_bits {
            self.fill();
        }
        (count <= self.buffered_bits).then_some(())?;
        self.buffer <<= count;
        self.buffered_bits -= count;
        Some(())
    }

    /// Continues after the next restart marker; `false` if there is none.
    fn skip_restart_marker(&mut self) -> bool {
        let rest = &self.data[self.position.min(self.data.len())..];
        let marker = rest.array_windows().position(|[first, second]| *first == 0xFF && (0xD0..=0xD7).contains(second));
        let Some(marker) = marker else { return false };
        *self = Self { data: self.data, position: self.position + marker + 2, buffer: 0, buffered_bits: 0 };
        true
    }
}
