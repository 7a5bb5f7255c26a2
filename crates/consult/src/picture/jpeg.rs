//! JPEG files as they come from the field (ISO/IEC 10918-1): with bytes between their segments, without an end mark, cut off.
//!
//! Every viewer shows the first two. Of a file that was cut off, decoders fill the rest with grey and say nothing, and a
//! document of which half is grey is of no use to anybody. So the coded blocks are counted, whatever stands behind them.

/// Why a JPEG is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JpegFault {
    /// There is no frame or no scan in it.
    NoImage,
    /// More than a row of blocks is missing.
    LostBlocks,
    /// More than [`MAX_SCANS`].
    TooManyScans,
}

/// The most scans. Encoders write about ten; each scan of a progressive picture passes over all of its blocks.
const MAX_SCANS: usize = 100;

const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

/// The same picture with nothing between its segments and with an end mark, if all of its blocks are there.
pub(crate) fn rebuild_jpeg(bytes: &[u8]) -> Result<Vec<u8>, JpegFault> {
    let mut rebuilt = Vec::with_capacity(bytes.len() + 2);
    rebuilt.extend([0xFF, 0xD8]);
    let mut reading = JpegReader::default();
    let mut at = 2;
    while let Some(start) = find_marker(bytes, at) {
        let marker = bytes[start + 1];
        if marker == EOI {
            if reading.scans > 0 {
                break;
            }
            at = start + 2;
            continue;
        }
        let Some(content) = segment_content(bytes, start + 2) else { break };
        let mut end = start + 4 + content.len();
        match marker {
            0xC0..=0xC2 => reading.frame = Frame::parse(marker == 0xC2, content),
            // Lossless and arithmetic frames: whether they can be read, the decoder says.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => reading.unknown_frame = true,
            0xC4 => reading.tables.define_tables(content),
            0xDD => {
                reading.restart_interval =
                    content.first_chunk::<2>().map_or(0, |two| u64::from(u16::from_be_bytes(*two)));
            }
            SOS => {
                let data_end = find_scan_end(bytes, end);
                reading.read_scan(content, &bytes[end..data_end])?;
                end = data_end;
            }
            _ => {}
        }
        rebuilt.extend(&bytes[start..end]);
        at = end;
    }
    reading.check_complete()?;
    rebuilt.extend([0xFF, EOI]);
    Ok(rebuilt)
}

/// Whether a segment, a scan or the end of the picture begins with this marker.
fn is_structural_marker(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | 0xD9..=0xEF | 0xFE)
}

fn find_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let place = rest.array_windows().position(|[first, second]| *first == 0xFF && is_structural_marker(*second))?;
    Some(from + place)
}

/// The content of the segment whose length stands there.
fn segment_content(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    bytes.get(at + 2..at + length.max(2))
}

fn find_scan_end(bytes: &[u8], from: usize) -> usize {
    find_marker(bytes, from).unwrap_or(bytes.len())
}

/// What has been read of a picture so far.
#[derive(Default)]
struct JpegReader {
    frame: Option<Frame>,
    /// A frame of a kind whose scans are not counted here.
    unknown_frame: bool,
    tables: HuffmanTables,
    /// After how many units the coding begins anew; 0 for never.
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

/// A frame (§B.2.2) and what its scans have brought so far.
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

    /// Whether every component came, and at least the first of them with more than the mean of each block.
    fn is_covered(&self) -> bool {
        self.components.iter().all(|component| component.has_dc) && self.components[0].has_ac
    }

    /// What a scan header (§B.2.3) promises. `None` for a refinement, which adds quality and no blocks, and for what
    /// cannot be understood, of which the decoder says what it is.
    fn begin_scan(&mut self, header: &[u8]) -> Option<Scan> {
        let (count, rest) = header.split_first()?;
        let (pairs, parameters) = rest.split_at_checked(usize::from(*count) * 2)?;
        let [first, last, approximation, ..] = parameters else { return None };
        let refines = self.progressive && approximation >> 4 != 0;
        let kind = match (self.progressive, first) {
            (false, _) => ScanCoding::Sequential,
            (true, 0) => ScanCoding::FirstDc,
            (true, _) => ScanCoding::FirstAc { spectral_start: *first, spectral_end: (*last).min(63) },
        };
        let mut blocks = Vec::new();
        let (most_across, most_down) = self.max_sampling_factors();
        let alone = *count == 1;
        let mut grid = (self.width.div_ceil(8 * most_across), self.height.div_ceil(8 * most_down));
        for [id, tables] in pairs.as_chunks::<2>().0 {
            let (width, height) = (self.width, self.height);
            let component = self.components.iter_mut().find(|component| component.id == *id)?;
            component.has_dc |= !matches!(kind, ScanCoding::FirstAc { .. });
            component.has_ac |= !matches!(kind, ScanCoding::FirstDc);
            let of_each = if alone {
                grid = (
                    (width * component.horizontal).div_ceil(most_across).div_ceil(8),
                    (height * component.vertical).div_ceil(most_down).div_ceil(8),
                );
                1
            } else {
                component.horizontal * component.vertical
            };
            for _ in 0..of_each {
                blocks.push((usize::from(tables >> 4) & 3, usize::from(tables & 15) & 3));
            }
        }
        let (units_in_a_row, rows) = grid;
        (!refines && !blocks.is_empty()).then_some(Scan {
            coding: kind,
            blocks,
            units_per_row: units_in_a_row,
            units: units_in_a_row * rows,
        })
    }

    fn max_sampling_factors(&self) -> (u64, u64) {
        let most = |of: fn(&Component) -> u64| self.components.iter().map(of).max().unwrap_or(1);
        (most(|component| component.horizontal), most(|component| component.vertical))
    }
}

#[derive(Debug, Clone, Copy)]
enum ScanCoding {
    /// All coefficients at once (§F).
    Sequential,
    /// The first pass over the mean of each block (§G.1.2.1).
    FirstDc,
    /// The first pass over a band of the others (§G.1.2.2).
    FirstAc { spectral_start: u8, spectral_end: u8 },
}

/// A scan: how its blocks are coded and how many units of them it promises.
struct Scan {
    coding: ScanCoding,
    /// The numbers of the DC and AC tables of each block in a unit.
    blocks: Vec<(usize, usize)>,
    units_per_row: u64,
    units: u64,
}

impl Scan {
    /// How many of the promised units the data does not hold.
    fn missing_units(&self, data: &[u8], tables: &HuffmanTables, restart: u64) -> u64 {
        let tables = tables.tables_for_scan(&self.blocks);
        let interval = if restart == 0 { self.units } else { restart };
        let mut bits = BitReader::new(data);
        let (mut missing, mut done) = (0, 0);
        while done < self.units {
            let here = interval.min(self.units - done);
            missing += here - self.count_units(&mut bits, &tables, here);
            done += here;
            if done < self.units && !bits.skip_restart_marker() {
                return missing + (self.units - done);
            }
        }
        missing
    }

    /// How many units can be read, of so many.
    fn count_units(&self, bits: &mut BitReader<'_>, tables: &ScanTables, promised: u64) -> u64 {
        let mut run = 0;
        for unit in 0..promised {
            for (dc, ac) in &self.blocks {
                let read = match self.coding {
                    ScanCoding::Sequential => {
                        read_dc(bits, tables.dc[*dc].as_ref()).and_then(|()| read_ac(bits, tables.ac[*ac].as_ref()))
                    }
                    ScanCoding::FirstDc => read_dc(bits, tables.dc[*dc].as_ref()),
                    ScanCoding::FirstAc { spectral_start: from, spectral_end: to } => {
                        read_band(bits, tables.ac[*ac].as_ref(), (from, to), &mut run)
                    }
                };
                if read.is_none() {
                    return unit;
                }
            }
        }
        promised
    }
}

fn read_dc(bits: &mut BitReader<'_>, table: Option<&HuffmanLookup>) -> Option<()> {
    let size = bits.read_symbol(table?)?;
    bits.skip_bits(u32::from(size).min(16))
}

fn read_ac(bits: &mut BitReader<'_>, table: Option<&HuffmanLookup>) -> Option<()> {
    let table = table?;
    let mut place = 1;
    while place < 64 {
        let symbol = bits.read_symbol(table)?;
        match (symbol >> 4, symbol & 15) {
            (15, 0) => place += 16,
            (_, 0) => return Some(()),
            (zeros, size) => {
                place += zeros + 1;
                bits.skip_bits(u32::from(size))?;
            }
        }
    }
    Some(())
}

fn read_band(
    bits: &mut BitReader<'_>,
    table: Option<&HuffmanLookup>,
    (from, to): (u8, u8),
    run: &mut u32,
) -> Option<()> {
    if *run > 0 {
        *run -= 1;
        return Some(());
    }
    let table = table?;
    let mut place = from;
    while place <= to {
        let symbol = bits.read_symbol(table)?;
        match (symbol >> 4, symbol & 15) {
            (15, 0) => place += 16,
            (length, 0) => {
                *run = (1 << length) - 1 + bits.read_bits(u32::from(length))?;
                return Some(());
            }
            (zeros, size) => {
                place += zeros + 1;
                bits.skip_bits(u32::from(size))?;
            }
        }
    }
    Some(())
}

/// For each 16 bits how long the code is that they begin with, and what it stands for. A length of 0 is no code.
type HuffmanLookup = Vec<(u8, u8)>;

/// Huffman tables as they were defined last (§B.2.4.2): how many codes of each length, and their symbols.
#[derive(Default)]
struct HuffmanTables {
    dc: [Option<(Vec<u8>, Vec<u8>)>; 4],
    ac: [Option<(Vec<u8>, Vec<u8>)>; 4],
}

/// The tables that one scan needs.
#[derive(Default)]
struct ScanTables {
    dc: [Option<HuffmanLookup>; 4],
    ac: [Option<HuffmanLookup>; 4],
}

impl HuffmanTables {
    fn define_tables(&mut self, mut content: &[u8]) {
        while let [which, rest @ ..] = content {
            let Some((counts, rest)) = rest.split_at_checked(16) else { return };
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(count) else { return };
            let kind = if which >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            kind[usize::from(which & 3)] = Some((counts.to_vec(), symbols.to_vec()));
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

/// §C.2: codes of one length follow each other, and the next length goes on with twice the next code.
fn build_lookup(counts: &[u8], symbols: &[u8]) -> HuffmanLookup {
    let mut table = vec![(0, 0); 1 << 16];
    let mut symbols = symbols.iter();
    let mut first = 0_usize;
    for (length, count) in (1_u8..=16).zip(counts) {
        let span = 1 << (16 - length);
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            if let Some(places) = table.get_mut(first..first + span) {
                places.fill((length, *symbol));
            }
            first += span;
        }
    }
    table
}

/// The bits of a scan, up to its next restart mark.
struct BitReader<'d> {
    data: &'d [u8],
    position: usize,
    /// The next bits, the first of them highest.
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
                // A restart mark, or nothing behind it.
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
        let taken = if count == 0 { 0 } else { self.buffer >> (64 - count) };
        self.skip_bits(count)?;
        u32::try_from(taken).ok()
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

    /// On behind the next restart mark, if there is one.
    fn skip_restart_marker(&mut self) -> bool {
        let rest = &self.data[self.position.min(self.data.len())..];
        let mark = rest.array_windows().position(|[first, second]| *first == 0xFF && (0xD0..=0xD7).contains(second));
        let Some(mark) = mark else { return false };
        *self = Self { data: self.data, position: self.position + mark + 2, buffer: 0, buffered_bits: 0 };
        true
    }
}
