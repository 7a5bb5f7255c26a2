//! The image worker as a process: its responses, and that its limits hold.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

const HEIC: &[u8] = include_bytes!("../samples/turned.heic");

fn run_worker(request: &[u8]) -> Output {
    let mut worker = Command::new(env!("CARGO_BIN_EXE_picture-worker"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the worker starts");
    // The worker may close the pipe before it has read everything.
    let _closed_early = worker.stdin.take().expect("stdin is piped").write_all(request);
    worker.wait_with_output().expect("the worker ends")
}

fn frame_request(picture: &[u8]) -> Vec<u8> {
    let length = u32::try_from(picture.len()).expect("a picture is shorter");
    [length.to_be_bytes().as_slice(), picture].concat()
}

/// The response after the frame with the version.
fn response_body(output: &Output) -> &[u8] {
    let version = concat!("\0\0\0\x07", env!("CARGO_PKG_VERSION"), "+2");
    output.stdout.strip_prefix(version.as_bytes()).expect("a worker sends its version first")
}

#[test]
fn the_worker_answers_with_a_jpeg() {
    let output = run_worker(&frame_request(HEIC));
    assert!(output.status.success(), "{:?}", output.status);
    let body = response_body(&output);
    // Kind, width, height, hints, length, and the picture.
    assert_eq!(body[..9], [0, 0, 0, 3, 132, 0, 0, 2, 88], "900 by 600");
    assert_eq!(body[17..20], [0xFF, 0xD8, 0xFF]);
}

#[test]
fn the_worker_refuses_what_is_no_picture() {
    let output = run_worker(&frame_request(b"not a picture"));
    assert!(output.status.success());
    assert_eq!(response_body(&output), [3]);
}

#[test]
fn a_question_that_lies_about_its_length_is_not_answered() {
    for request in [b"".as_slice(), &[0, 0, 0, 9, 1], &[0xFF; 8]] {
        let output = run_worker(request);
        assert!(!output.status.success() && output.stdout.is_empty());
    }
}
