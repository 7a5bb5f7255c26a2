use super::*;

fn shell(script: &str) -> Workshop {
    Workshop::new("/bin/sh".into(), vec!["-c".to_owned(), script.to_owned()])
}

#[tokio::test]
async fn a_worker_that_falls_over_costs_its_picture_and_nothing_else() {
    for script in
        ["kill -SEGV $$", "exit 1", "exec cat > /dev/null", "printf 'x'; exec cat > /dev/null", "kill -XCPU $$"]
    {
        let answer = shell(script).develop(b"\xFF\xD8\xFF").await.unwrap();
        assert_eq!(answer.map(|_| ()), Err(Unusable::TooCostly), "{script}");
    }
}

#[tokio::test]
async fn a_workshop_that_cannot_be_opened_says_so() {
    let none = Workshop::new("/nowhere/picture-worker".into(), Vec::new());
    assert!(matches!(none.develop(b"x").await, Err(OutOfOrder::CannotStart(_))));
    assert!(matches!(shell("exit 2").develop(b"x").await, Err(OutOfOrder::CannotStart(_))));
}

#[tokio::test]
async fn what_is_too_large_is_not_even_asked_about() {
    let none = Workshop::new("/nowhere/picture-worker".into(), Vec::new());
    let answer = none.develop(&vec![0; LARGEST_BYTES + 1]).await.unwrap();
    assert_eq!(answer.map(|_| ()), Err(Unusable::TooLarge));
}

#[tokio::test]
async fn a_program_that_is_removed_or_replaced_while_the_service_runs_still_develops() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker");
    std::fs::copy("/bin/sh", &program).unwrap();
    let workshop = Workshop::new(program.clone(), vec!["-c".to_owned(), "exit 2".to_owned()]);
    let started = async |workshop: &Workshop| match workshop.develop(b"x").await {
        // What the script itself says: it was started.
        Err(OutOfOrder::CannotStart(cause)) => cause.kind() == io::ErrorKind::Other,
        _ => false,
    };
    assert!(started(&workshop).await);
    std::fs::remove_file(&program).unwrap();
    assert!(started(&workshop).await, "removed");
    std::fs::write(&program, "another version").unwrap();
    assert!(started(&workshop).await, "replaced");
}

#[tokio::test]
async fn a_worker_of_another_version_is_not_believed() {
    let other = shell(r"printf '\000\000\000\0079.9.9+1and more'");
    assert!(matches!(other.develop(b"x").await, Err(OutOfOrder::OtherVersion(version)) if version == "9.9.9+1"));
    assert!(other.ready().await.is_err());
}

#[tokio::test]
async fn readiness_knows_whether_a_worker_can_be_started() {
    assert!(shell("exit 2").ready().await.is_err());
    assert!(Workshop::new("/nowhere/picture-worker".into(), Vec::new()).ready().await.is_err());
    assert!(shell("exit 1").ready().await.is_err());
}

#[tokio::test]
async fn a_complaint_that_fills_its_pipe_keeps_nobody_waiting() {
    let loud = shell("yes complaint | head -c 300000 >&2; exit 1");
    assert_eq!(loud.develop(b"x").await.unwrap().map(|_| ()), Err(Unusable::TooCostly));
}
