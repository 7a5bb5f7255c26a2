//! The C interface of an IFD handler, version 3 (pcsc-lite's `ifdhandler.h`), around [`Reader`].
//!
//! The daemon gives pointers to buffers of its own; each is read or written within the call and never kept. No panic
//! leaves a function: it would be undefined behaviour in the daemon.

#![expect(unsafe_code, reason = "the interface is C: pointers come in, and symbols are found by their names")]

use std::{
    collections::BTreeMap,
    ffi::{CStr, OsStr, c_char, c_int, c_long, c_ulong},
    os::unix::ffi::OsStrExt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::reader::{Failure, Reader};

type Dword = c_ulong;
type ResponseCode = c_long;

/// `SCARD_IO_HEADER`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IoHeader {
    protocol: Dword,
    length: Dword,
}

const SUCCESS: ResponseCode = 0;
const ERROR_TAG: ResponseCode = 600;
const ERROR_SET_FAILURE: ResponseCode = 601;
const ERROR_NOT_SUPPORTED: ResponseCode = 606;
const ERROR_POWER_ACTION: ResponseCode = 608;
const COMMUNICATION_ERROR: ResponseCode = 612;
const RESPONSE_TIMEOUT: ResponseCode = 613;
const PRESENT: ResponseCode = 615;
const NOT_PRESENT: ResponseCode = 616;
const NO_SUCH_DEVICE: ResponseCode = 617;
const INSUFFICIENT_BUFFER: ResponseCode = 618;

const POWER_UP: Dword = 500;
const POWER_DOWN: Dword = 501;
const RESET: Dword = 502;

const TAG_ATR: Dword = 0x0303;
const TAG_SLOTS: Dword = 0x0FAE;
const TAG_SIMULTANEOUS_ACCESS: Dword = 0x0FAF;
const TAG_STOP_POLLING: Dword = 0x0FB2;
const TAG_POLLING_WITH_TIMEOUT: Dword = 0x0FB3;

/// `MAX_ATR_SIZE`: the size of the daemon's buffer.
const LONGEST_ATR: usize = 33;

/// The readers that the daemon has opened, by its number for each.
static READERS: Mutex<BTreeMap<Dword, Arc<Reader>>> = Mutex::new(BTreeMap::new());

fn readers() -> MutexGuard<'static, BTreeMap<Dword, Arc<Reader>>> {
    READERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `call` with the reader of this number. A panic becomes a communication error.
fn with_reader(lun: Dword, call: impl FnOnce(&Reader) -> ResponseCode) -> ResponseCode {
    catch_panic(|| {
        let reader = readers().get(&lun).cloned();
        reader.map_or(NO_SUCH_DEVICE, |reader| call(&reader))
    })
}

fn catch_panic(call: impl FnOnce() -> ResponseCode) -> ResponseCode {
    // A panic can leave at worst a connection out of step, which the next request closes.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(COMMUNICATION_ERROR)
}

fn response_code(failure: Failure) -> ResponseCode {
    match failure {
        Failure::Gone => NOT_PRESENT,
        Failure::TimedOut => RESPONSE_TIMEOUT,
        Failure::Refused => COMMUNICATION_ERROR,
    }
}

/// Writes `bytes` to a buffer of `capacity` bytes, and their number to `length`.
///
/// # Safety
/// `buffer` is null or valid for writes of `capacity` bytes, `length` null or valid for a write.
unsafe fn write_buffer(bytes: &[u8], buffer: *mut u8, capacity: usize, length: *mut Dword) -> ResponseCode {
    if length.is_null() || (buffer.is_null() && !bytes.is_empty()) {
        return COMMUNICATION_ERROR;
    }
    let fits = bytes.len() <= capacity;
    let count = if fits { bytes.len() } else { 0 };
    // SAFETY: `length` is not null, so valid for a write. A number of bytes fits a Dword.
    unsafe { length.write(count as Dword) };
    if !fits {
        return INSUFFICIENT_BUFFER;
    }
    if count > 0 {
        // SAFETY: `buffer` is not null, so valid for `capacity` bytes, and these are no more; `bytes` is another allocation.
        unsafe { buffer.copy_from_nonoverlapping(bytes.as_ptr(), count) };
    }
    SUCCESS
}

/// Opens a reader by the `DEVICENAME` of its configuration: what follows the first colon is the card's socket.
///
/// # Safety
/// `name` is null or a string that ends with a null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHCreateChannelByName(lun: Dword, name: *const c_char) -> ResponseCode {
    if name.is_null() {
        return NO_SUCH_DEVICE;
    }
    // SAFETY: not null, so a string that ends.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    catch_panic(|| {
        let mut parts = name.splitn(2, |byte| *byte == b':');
        let socket = parts.nth(1).map(|path| Path::new(OsStr::from_bytes(path)));
        match socket {
            Some(socket) if socket.is_absolute() => {
                readers().insert(lun, Arc::new(Reader::new(socket.to_owned())));
                SUCCESS
            }
            _ => NO_SUCH_DEVICE,
        }
    })
}

/// Always fails: without a name there is no socket.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHCreateChannel(_lun: Dword, _channel: Dword) -> ResponseCode {
    NO_SUCH_DEVICE
}

/// Closes a reader.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHCloseChannel(lun: Dword) -> ResponseCode {
    catch_panic(|| match readers().remove(&lun) {
        Some(reader) => {
            reader.wake();
            SUCCESS
        }
        None => NO_SUCH_DEVICE,
    })
}

/// Reads a capability of the reader or of its card.
///
/// # Safety
/// `length` is null or points to the number of bytes that `value` is valid for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHGetCapabilities(
    lun: Dword,
    tag: Dword,
    length: *mut Dword,
    value: *mut u8,
) -> ResponseCode {
    if length.is_null() {
        return COMMUNICATION_ERROR;
    }
    // SAFETY: not null, so valid for a read.
    let capacity = usize::try_from(unsafe { length.read() }).unwrap_or(0);
    with_reader(lun, |reader| {
        let capability = match tag {
            TAG_ATR => reader.atr(),
            TAG_SLOTS | TAG_SIMULTANEOUS_ACCESS => vec![1],
            TAG_POLLING_WITH_TIMEOUT => (poll_with_timeout as *const () as usize).to_ne_bytes().to_vec(),
            TAG_STOP_POLLING => (stop_polling as *const () as usize).to_ne_bytes().to_vec(),
            _ => return ERROR_TAG,
        };
        // SAFETY: as this function requires of its caller.
        unsafe { write_buffer(&capability, value, capacity, length) }
    })
}

/// Called by the daemon to wait until a card is inserted or removed, at most `milliseconds`.
extern "C" fn poll_with_timeout(lun: Dword, milliseconds: c_int) -> ResponseCode {
    with_reader(lun, |reader| {
        reader.wait(Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0)));
        SUCCESS
    })
}

/// Called by the daemon to end that wait.
extern "C" fn stop_polling(lun: Dword) -> ResponseCode {
    with_reader(lun, |reader| {
        reader.wake();
        SUCCESS
    })
}

/// Always fails: the reader has no settings.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHSetCapabilities(lun: Dword, _tag: Dword, _length: Dword, _value: *const u8) -> ResponseCode {
    with_reader(lun, |_| ERROR_SET_FAILURE)
}

/// Always succeeds: T=0 and T=1 carry the same bytes here.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHSetProtocolParameters(
    lun: Dword,
    _protocol: Dword,
    _flags: u8,
    _first: u8,
    _second: u8,
    _third: u8,
) -> ResponseCode {
    with_reader(lun, |_| SUCCESS)
}

/// Powers the card up or down, or resets it (warm reset).
///
/// # Safety
/// `atr` is null or valid for writes of 33 bytes, `length` null or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHPowerICC(lun: Dword, action: Dword, atr: *mut u8, length: *mut Dword) -> ResponseCode {
    with_reader(lun, |reader| {
        let powered = match action {
            POWER_UP => reader.power_on(),
            RESET => reader.reset(),
            POWER_DOWN => {
                reader.power_off();
                return SUCCESS;
            }
            _ => return ERROR_NOT_SUPPORTED,
        };
        match powered {
            // SAFETY: as this function requires of its caller.
            Ok(answer_to_reset) => unsafe { write_buffer(&answer_to_reset, atr, LONGEST_ATR, length) },
            Err(Failure::Refused) => ERROR_POWER_ACTION,
            Err(failure) => response_code(failure),
        }
    })
}

/// Sends one command, once.
///
/// # Safety
/// `command` is valid for reads of `command_length` bytes; `response` for writes of as many as `response_length` says,
/// which is valid for reads and writes; `response_header` is null or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHTransmitToICC(
    lun: Dword,
    request_header: IoHeader,
    command: *const u8,
    command_length: Dword,
    response: *mut u8,
    response_length: *mut Dword,
    response_header: *mut IoHeader,
) -> ResponseCode {
    let Ok(command_length) = usize::try_from(command_length) else { return COMMUNICATION_ERROR };
    if command.is_null() || response_length.is_null() {
        return COMMUNICATION_ERROR;
    }
    // SAFETY: not null, so valid for `command_length` bytes, which do not change during the call.
    let command = unsafe { slice::from_raw_parts(command, command_length) };
    // SAFETY: not null, so valid for a read.
    let capacity = usize::try_from(unsafe { response_length.read() }).unwrap_or(0);
    // SAFETY: not null, so valid for a write. The response is empty if anything below fails.
    unsafe { response_length.write(0) };
    with_reader(lun, |reader| match reader.transmit(command) {
        Ok(response_bytes) => {
            if !response_header.is_null() {
                // SAFETY: not null, so valid for a write.
                unsafe { response_header.write(IoHeader { protocol: request_header.protocol, length: 0 }) };
            }
            // SAFETY: as this function requires of its caller.
            unsafe { write_buffer(&response_bytes, response, capacity, response_length) }
        }
        Err(failure) => response_code(failure),
    })
}

/// Always fails: the reader has no commands of its own.
///
/// # Safety
/// `response_length` is null or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHControl(
    lun: Dword,
    _control: Dword,
    _command: *const u8,
    _command_length: Dword,
    _response: *mut u8,
    _response_capacity: Dword,
    response_length: *mut Dword,
) -> ResponseCode {
    if !response_length.is_null() {
        // SAFETY: not null, so valid for a write.
        unsafe { response_length.write(0) };
    }
    with_reader(lun, |_| ERROR_NOT_SUPPORTED)
}

/// Whether a card is in the reader.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHICCPresence(lun: Dword) -> ResponseCode {
    with_reader(lun, |reader| if reader.is_card_present() { PRESENT } else { NOT_PRESENT })
}
