//! All texts of the pages side by side, for a translator: one line a text, as tab-separated values.
//!
//! The catalogues (`texts.rs` of each feature) are so regular that no parser of Rust is needed: this crate is built before every
//! command, and has no dependency that is slow to build.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    iter::Peekable,
    path::{Path, PathBuf},
    str::Chars,
};

use crate::{StepError, workspace_root};

/// An entry of a catalogue.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    /// In the order of the languages.
    texts: Vec<String>,
}

/// Prints every text with its file and name.
pub(crate) fn print() -> Result<(), StepError> {
    let root = workspace_root();
    let mut files = Vec::new();
    find_catalogues(&root.join("crates"), &mut files)?;
    files.sort();
    let mut table = String::from("file\tname\tja\ten\n");
    for file in files {
        let content = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let shown = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let entries = parse_catalogue(&content).map_err(|wrong| format!("{shown}: {wrong}"))?;
        for Entry { name, texts } in entries {
            let columns: Vec<String> =
                texts.iter().map(|text| text.replace('\t', "\\t").replace('\n', "\\n")).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{shown}\t{name}\t{}", columns.join("\t"));
        }
    }
    io::stdout().write_all(table.as_bytes()).map_err(|error| format!("standard output: {error}"))
}

fn find_catalogues(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), StepError> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            find_catalogues(&path, files)?;
        } else if path.file_name().is_some_and(|name| name == "texts.rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The entries within `texts! { … }`.
fn parse_catalogue(content: &str) -> Result<Vec<Entry>, String> {
    let (_, body) = content.split_once("texts! {").ok_or("no texts! { … }")?;
    let mut characters = body.chars().peekable();
    let mut entries = Vec::new();
    loop {
        skip_blanks(&mut characters);
        if characters.peek() == Some(&'}') {
            return Ok(entries);
        }
        let name = read_until(&mut characters, '=')?;
        let mut texts = Vec::new();
        loop {
            skip_blanks(&mut characters);
            match characters.next() {
                Some('"') => texts.push(read_literal(&mut characters)?),
                Some(',') => {}
                Some(';') => break,
                other => return Err(format!("after {name}: {other:?}")),
            }
        }
        entries.push(Entry { name, texts });
    }
}

/// Blanks and comments.
fn skip_blanks(characters: &mut Peekable<Chars>) {
    while let Some(&next) = characters.peek() {
        if next == '/' {
            while characters.next().is_some_and(|character| character != '\n') {}
        } else if next.is_whitespace() {
            characters.next();
        } else {
            return;
        }
    }
}

fn read_until(characters: &mut Peekable<Chars>, end: char) -> Result<String, String> {
    let mut text = String::new();
    for character in characters {
        if character == end {
            return Ok(text.trim().to_owned());
        }
        text.push(character);
    }
    Err(format!("{text}: no {end}"))
}

/// The rest of a string literal, behind its opening quote.
fn read_literal(characters: &mut Peekable<Chars>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match characters.next() {
            Some('"') => return Ok(text),
            Some('\\') => match characters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                // The line goes on at the next word.
                Some('\n') => skip_whitespace(characters),
                Some(other @ ('"' | '\\' | '\'')) => text.push(other),
                other => return Err(format!("{text}: unknown escape {other:?}")),
            },
            Some(other) => text.push(other),
            None => return Err(format!("{text}: no end")),
        }
    }
}

fn skip_whitespace(characters: &mut Peekable<Chars>) {
    while characters.next_if(|character| character.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_functions_are_read_with_all_their_texts() {
        let content = r#"
            //! Texts.
            use text::texts;
            texts! {
                // The day.
                CHOOSE_A_DAY = "日を\"お選び\"ください", "Choose a \
                    day";
                slots_left(count) =
                    "残り{count}枠",
                    "{count} slots left";
            }
        "#;
        let entry = |name: &str, japanese: &str, english: &str| Entry {
            name: name.to_owned(),
            texts: vec![japanese.to_owned(), english.to_owned()],
        };
        let expected = vec![
            entry("CHOOSE_A_DAY", "日を\"お選び\"ください", "Choose a day"),
            entry("slots_left(count)", "残り{count}枠", "{count} slots left"),
        ];
        assert_eq!(parse_catalogue(content), Ok(expected));
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        for content in ["", "texts! { A = \"x\" }", "texts! { A = x; }", "texts! { A = \"x", "texts! { A"] {
            assert!(parse_catalogue(content).is_err(), "{content}");
        }
    }
}
