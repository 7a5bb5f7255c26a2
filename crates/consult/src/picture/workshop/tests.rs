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
