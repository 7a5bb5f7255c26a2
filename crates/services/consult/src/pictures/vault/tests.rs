use base::{FolderSync, Key, Randomness};
use object_store::path::Path;

use super::{PicturePart, Vault, VaultLocation, error::VaultError, master::MasterKeys};

fn key(seed: &str) -> Key {
    Key::new(&Randomness::repeatable(seed))
}

fn vault(folder: &tempfile::TempDir, keys: MasterKeys) -> Vault {
    Vault::open(VaultLocation::Folder(folder.path().join("pictures")), keys).expect("a temporary folder can be used")
}

const PICTURE: &[u8] = b"a picture that nobody else may see";

#[tokio::test]
async fn what_is_put_away_is_brought_back_and_lies_there_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder, MasterKeys::new("one", key("one")));
    let wrapped = vault.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    assert_eq!(vault.load_picture("a", PicturePart::Full, &wrapped).await.unwrap(), PICTURE);
    assert_eq!(vault.load_picture("a", PicturePart::Thumbnail, &wrapped).await.unwrap(), b"small");
    let stored = std::fs::read(folder.path().join("pictures/a/picture")).unwrap();
    assert!(!stored.windows(8).any(|part| PICTURE.windows(8).any(|clear| clear == part)));
}

#[tokio::test]
async fn a_share_that_syncs_no_folder_keeps_pictures_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let open = |sync| Vault::open_folder(folder.path().to_owned(), sync, MasterKeys::new("one", key("one"))).unwrap();
    assert!(open(FolderSync::Done).unsynced.is_none(), "the store syncs files and folders");
    let vault = open(FolderSync::NotOffered);
    let wrapped = vault.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    assert_eq!(vault.load_picture("a", PicturePart::Full, &wrapped).await.unwrap(), PICTURE);
    // The vault syncs the file that the store wrote.
    vault.remove_picture("a").await.unwrap();
    assert!(vault.sync_file(&Path::from("a/picture")).await.is_err());
}

#[tokio::test]
async fn a_key_opens_its_own_picture_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder, MasterKeys::new("one", key("one")));
    let wrapped_a = vault.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    vault.store_picture("b", PICTURE, b"small", &Randomness::system()).await.unwrap();
    assert!(matches!(vault.load_picture("b", PicturePart::Full, &wrapped_a).await, Err(VaultError::Changed)));
    // Nor does an object open under another name with the same key.
    let object_path = |name: &str| folder.path().join("pictures").join(name);
    std::fs::copy(object_path("a/thumbnail"), object_path("a/picture")).unwrap();
    assert!(matches!(vault.load_picture("a", PicturePart::Full, &wrapped_a).await, Err(VaultError::Changed)));
}

#[tokio::test]
async fn a_changed_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder, MasterKeys::new("one", key("one")));
    let wrapped = vault.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    let path = folder.path().join("pictures/a/picture");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(vault.load_picture("a", PicturePart::Full, &wrapped).await, Err(VaultError::Changed)));
}

#[tokio::test]
async fn a_new_master_key_takes_over_and_the_old_one_can_go() {
    let folder = tempfile::tempdir().unwrap();
    let before = vault(&folder, MasterKeys::new("one", key("one")));
    let wrapped = before.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    let between = vault(&folder, MasterKeys::new("two", key("two")).with_older("one", key("one")));
    let rewrapped = between.rewrap_key("a", &wrapped, &Randomness::system()).unwrap();
    assert_eq!(rewrapped.master_key_id, between.current_master_key_id());
    let after = vault(&folder, MasterKeys::new("two", key("two")));
    assert_eq!(after.load_picture("a", PicturePart::Full, &rewrapped).await.unwrap(), PICTURE);
    assert!(matches!(after.load_picture("a", PicturePart::Full, &wrapped).await, Err(VaultError::UnknownMasterKey(_))));
}

#[tokio::test]
async fn what_is_removed_is_gone_and_may_be_removed_again() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder, MasterKeys::new("one", key("one")));
    let wrapped = vault.store_picture("a", PICTURE, b"small", &Randomness::system()).await.unwrap();
    vault.remove_picture("a").await.unwrap();
    vault.remove_picture("a").await.unwrap();
    assert!(matches!(vault.load_picture("a", PicturePart::Full, &wrapped).await, Err(VaultError::Store(_))));
}
