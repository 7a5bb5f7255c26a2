use std::io;

use super::{ImageWorker, ImageWorkerUnavailable};
use crate::pictures::rules::picture::{MAX_PICTURE_BYTES, UnusablePicture};

fn shell_worker(script: &str) -> ImageWorker {
    ImageWorker::new("/bin/sh".into(), vec!["-c".to_owned(), script.to_owned()])
}

#[tokio::test]
async fn a_worker_that_falls_over_costs_its_picture_and_nothing_else() {
    for script in
        ["kill -SEGV $$", "exit 1", "exec cat > /dev/null", "printf 'x'; exec cat > /dev/null", "kill -XCPU $$"]
    {
        let result = shell_worker(script).normalise_image(b"\xFF\xD8\xFF").await.unwrap();
        assert_eq!(result.map(|_| ()), Err(UnusablePicture::TooCostly), "{script}");
    }
}

#[tokio::test]
async fn a_workshop_that_cannot_be_opened_says_so() {
    let missing = ImageWorker::new("/nowhere/picture-worker".into(), Vec::new());
    assert!(matches!(missing.normalise_image(b"x").await, Err(ImageWorkerUnavailable::CannotStart(_))));
    assert!(matches!(shell_worker("exit 2").normalise_image(b"x").await, Err(ImageWorkerUnavailable::CannotStart(_))));
}

#[tokio::test]
async fn what_is_too_large_is_not_even_asked_about() {
    let missing = ImageWorker::new("/nowhere/picture-worker".into(), Vec::new());
    let result = missing.normalise_image(&vec![0; MAX_PICTURE_BYTES + 1]).await.unwrap();
    assert_eq!(result.map(|_| ()), Err(UnusablePicture::TooLarge));
}

#[tokio::test]
async fn a_program_that_is_removed_or_replaced_while_the_service_runs_still_develops() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker");
    std::fs::copy("/bin/sh", &program).unwrap();
    let worker = ImageWorker::new(program.clone(), vec!["-c".to_owned(), "exit 2".to_owned()]);
    let started = async |worker: &ImageWorker| match worker.normalise_image(b"x").await {
        // The error of the script itself: it was started.
        Err(ImageWorkerUnavailable::CannotStart(cause)) => cause.kind() == io::ErrorKind::Other,
        _ => false,
    };
    assert!(started(&worker).await);
    std::fs::remove_file(&program).unwrap();
    assert!(started(&worker).await, "removed");
    std::fs::write(&program, "another version").unwrap();
    assert!(started(&worker).await, "replaced");
}

#[tokio::test]
async fn a_worker_of_another_version_is_not_believed() {
    let mismatched = shell_worker(r"printf '\000\000\000\0079.9.9+1and more'");
    assert!(
        matches!(mismatched.normalise_image(b"x").await, Err(ImageWorkerUnavailable::OtherVersion(version)) if version == "9.9.9+1")
    );
    assert!(mismatched.check_ready().await.is_err());
}

#[tokio::test]
async fn readiness_knows_whether_a_worker_can_be_started() {
    assert!(shell_worker("exit 2").check_ready().await.is_err());
    assert!(ImageWorker::new("/nowhere/picture-worker".into(), Vec::new()).check_ready().await.is_err());
    assert!(shell_worker("exit 1").check_ready().await.is_err());
}

#[tokio::test]
async fn a_complaint_that_fills_its_pipe_keeps_nobody_waiting() {
    let loud = shell_worker("yes complaint | head -c 300000 >&2; exit 1");
    assert_eq!(loud.normalise_image(b"x").await.unwrap().map(|_| ()), Err(UnusablePicture::TooCostly));
}
