//! The reference under `docs/` is up to date with the program.

use std::{env, fs, path::Path};

#[test]
fn the_reference_is_as_the_program_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/reference");
    for (name, page) in uketsuke::reference::render_pages() {
        let path = folder.join(name);
        if env::var_os("UKETSUKE_WRITE_REFERENCE").is_some() {
            fs::write(&path, &page).expect("the reference is written");
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(stored, page, "write it anew: UKETSUKE_WRITE_REFERENCE=1 cargo test -p uketsuke --test reference");
    }
}
