//! A program without the feature `demo` holds nothing that is made up: no persona, no institution of the demo, no name of the
//! nation, no sample page.
//!
//! What is made up is found in the sources: each Japanese text in a literal of the simulation or of a sample is a marker. The same
//! search has to find every marker in the program with the demo, and none in the program without.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{StepError, compile, workspace_root};

/// The shortest marker. Shorter texts may stand anywhere.
const SHORTEST: usize = 4;

/// What a package that is linked has too: the names of public holidays.
const IN_PACKAGES: [&str; 1] = ["勤労感謝の日"];

/// Searches the built program with the demo, and then the one without, which is built in its place.
pub(crate) fn check(program: &Path) -> Result<(), StepError> {
    let sources = read_sources(&workspace_root().join("crates"))?;
    let markers = collect_markers(&sources);
    let with_demo = read_text(program)?;
    let without_demo = read_text(&compile::build_program(&compile::WITHOUT_DEMO)?)?;
    let result = search(&markers, &with_demo, &without_demo);
    eprintln!("xtask: {} texts that are made up, all in the program with the demo alone", markers.len());
    result
}

/// A source file, or its samples; without its tests.
struct Source {
    /// Below the folder of the crates.
    path: PathBuf,
    text: String,
    is_made_up: bool,
}

/// A text that is made up, and the file that has it.
#[derive(Debug, PartialEq, Eq)]
struct Marker {
    text: String,
    path: PathBuf,
}

/// Before an item that the feature `samples` turns on.
const SAMPLES: &str = "\n#[cfg(any(test, feature = \"samples\"))]\n";

/// A source apart from the functions of it that render samples.
fn split_samples(path: PathBuf, text: &str) -> [Source; 2] {
    let names = |part: &str| path.iter().any(|name| name == part);
    let is_made_up = names("simulation") || ["samples", "samples.rs", "sample_data.rs"].into_iter().any(names);
    let mut parts = text.split(SAMPLES);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    let mut samples = String::new();
    for part in parts {
        // An item of one line ends with it, a function with a brace at the margin.
        let (line, _) = part.split_once('\n').unwrap_or((part, ""));
        let end = if line.ends_with(';') { line.len() } else { part.find("\n}\n").unwrap_or(part.len()) };
        samples += &part[..end];
        rest += &part[end..];
    }
    [Source { path: path.clone(), text: samples, is_made_up: true }, Source { path, text: rest, is_made_up }]
}

/// The sources of everything that a program may hold.
fn read_sources(folder: &Path) -> Result<Vec<Source>, StepError> {
    let root = folder;
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let (mut sources, mut pending) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            // Tests, what is for developers, and the gallery of the components, which no program shows.
            let is_left_out = path.file_stem().is_some_and(|name| {
                let name = name.to_string_lossy();
                ["tests", "dev", "gallery"].contains(&&*name) || name.ends_with("_tests") || name.starts_with("test_")
            });
            if is_left_out {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                // Whatever the folders above are called says nothing.
                let path = path.strip_prefix(root).map_or_else(|_| path.clone(), Path::to_owned);
                sources.extend(split_samples(path, &text));
            }
        }
    }
    Ok(sources)
}

/// The texts that are in literals of what is made up and nowhere else.
fn collect_markers(sources: &[Source]) -> Vec<Marker> {
    let mut markers: Vec<Marker> = Vec::new();
    for source in sources.iter().filter(|source| source.is_made_up) {
        for literal in list_literals(&source.text) {
            let Some(text) =
                literal.split(|character: char| character.is_ascii()).max_by_key(|run| run.chars().count())
            else {
                continue;
            };
            let is_elsewhere = || sources.iter().any(|other| !other.is_made_up && other.text.contains(text));
            let is_in_package = IN_PACKAGES.contains(&text);
            let is_known = markers.iter().any(|marker| marker.text == text);
            if text.chars().count() >= SHORTEST && !is_in_package && !is_known && !is_elsewhere() {
                markers.push(Marker { text: text.to_owned(), path: source.path.clone() });
            }
        }
    }
    markers
}

/// The plain string literals of a source, without those in comments.
fn list_literals(source: &str) -> Vec<&str> {
    let (mut literals, mut rest) = (Vec::new(), source);
    while let Some(position) = rest.find(['"', '/', '\'']) {
        let found = &rest[position..];
        rest = if let Some(comment) = found.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, next)| next)
        } else if let Some(next) = found.strip_prefix("'\"'") {
            next
        } else if let Some(literal) = found.strip_prefix('"') {
            let end = find_end(literal);
            literals.push(&literal[..end]);
            literal.get(end + 1..).unwrap_or_default()
        } else {
            &found[1..]
        };
    }
    literals
}

/// Where a literal ends whose content begins here.
fn find_end(literal: &str) -> usize {
    let mut is_escaped = false;
    let end = literal.char_indices().find(|(_, character)| {
        let ends = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        ends
    });
    end.map_or(literal.len(), |(position, _)| position)
}

/// The text in a program that is not ASCII; whatever lies between becomes a line break.
fn extract_text(program: &[u8]) -> String {
    let mut text = String::new();
    for chunk in program.utf8_chunks() {
        for character in chunk.valid().chars() {
            if !character.is_ascii() {
                text.push(character);
            } else if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn read_text(program: &Path) -> Result<String, StepError> {
    let bytes = fs::read(program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(extract_text(&bytes))
}

fn search(markers: &[Marker], with_demo: &str, without_demo: &str) -> Result<(), StepError> {
    let describe = |marker: &Marker| format!("  {} ({})", marker.text, marker.path.display());
    let missed: Vec<_> = markers.iter().filter(|marker| !with_demo.contains(&marker.text)).map(describe).collect();
    let leaked: Vec<_> = markers.iter().filter(|marker| without_demo.contains(&marker.text)).map(describe).collect();
    if markers.is_empty() {
        return Err("nothing is made up: the search looks in the wrong folders".to_owned());
    }
    if !missed.is_empty() {
        return Err(format!("the search does not find these in the program with the demo:\n{}", missed.join("\n")));
    }
    if !leaked.is_empty() {
        return Err(format!("these are in the program without the demo:\n{}", leaked.join("\n")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Vec<Source> {
        files.iter().flat_map(|(path, text)| split_samples(path.into(), text)).collect()
    }

    #[test]
    fn a_literal_is_told_from_comments_and_characters() {
        let text =
            "a(\"一\"); // \"二\" '\n b('\"', \"三\\\"四\") /// \"五\"\nlet c: &'static str = \"六\"; d / \"七\"";
        assert_eq!(list_literals(text), ["一", "三\\\"四", "六", "七"]);
    }

    #[test]
    fn a_marker_stands_in_what_is_made_up_and_nowhere_else() {
        let page = format!(
            "a(\"予約の一覧\")\n{SAMPLES}fn samples() {{\n    x(\"架空の患者\")\n}}\nfn b() {{ \"予約の変更\" }}\n"
        );
        let sources = sources(&[
            ("simulation/world/src/a.rs", "x(\"葉山　美咲\"); y(\"短い\"); z(\"全国健康保険協会\")"),
            ("services/consult/src/pages/samples.rs", "x(\"見本クリニック 24\", \"葉山　美咲\")"),
            ("services/consult/src/pages/page.rs", &page),
            ("protocols/oqs/src/b.rs", "x(\"全国健康保険協会\"); y(\"資格確認の結果\")"),
        ]);
        let found: Vec<_> = collect_markers(&sources).into_iter().map(|marker| marker.text).collect();
        assert_eq!(found, ["葉山　美咲", "見本クリニック", "架空の患者"]);
    }

    #[test]
    fn a_program_with_a_marker_is_found_and_so_is_a_search_that_finds_nothing() {
        let markers = [Marker { text: "葉山　美咲".to_owned(), path: "a.rs".into() }];
        let program = |text: &str| extract_text(&[b"\x7FELF\xFF\x00".as_slice(), text.as_bytes(), b"\x80end"].concat());
        let (with, without) = (program("name葉山　美咲0資格"), program("資格"));
        assert_eq!(search(&markers, &with, &without), Ok(()));
        assert!(search(&markers, &with, &with).unwrap_err().contains("in the program without the demo"));
        assert!(search(&markers, &without, &without).unwrap_err().contains("does not find"));
        assert!(search(&[], &with, &without).is_err());
    }
}
