//! Pages, letters and guides use one word for one thing, as in the list of words (`docs/words.toml`).

use std::{fs, path::Path};

use serde::Deserialize;
use text::Language;
use uketsuke::commands::gallery;

#[derive(Deserialize)]
struct WordList {
    word: Vec<Word>,
}

/// A word to use, and the words not to use for the same thing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    r#use: String,
    /// The English word, for authors of pages.
    #[serde(default, rename = "english")]
    _english: String,
    not: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    /// The prefixes of the pages that the entry applies to; all pages if it is empty.
    #[serde(default)]
    pages: Vec<String>,
}

impl Word {
    fn applies_to(&self, page: &str) -> bool {
        self.pages.is_empty() || self.pages.iter().any(|start| page.starts_with(start))
    }

    /// The words not to use that occur in a text, each with its context.
    fn find_forbidden_words(&self, text: &str) -> Vec<String> {
        let text = self.except.iter().fold(text.to_owned(), |text, exception| text.replace(exception.as_str(), ""));
        let occurrences =
            self.not.iter().filter_map(|forbidden| text.split_once(forbidden.as_str()).map(|parts| (forbidden, parts)));
        occurrences
            .map(|(forbidden, (before, after))| {
                let before: String = before.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
                let after: String = after.chars().take(12).collect();
                format!("'{forbidden}' in '…{before}{forbidden}{after}…': use '{}'", self.r#use)
            })
            .collect()
    }
}

fn read_word_list() -> Vec<Word> {
    let list: WordList =
        toml::from_str(include_str!("../../../../docs/words.toml")).expect("the list of words is TOML");
    list.word
}

fn check_texts(texts: impl IntoIterator<Item = (String, String)>) {
    let words = read_word_list();
    let mut errors = Vec::new();
    for (page, text) in texts {
        for word in words.iter().filter(|word| word.applies_to(&page)) {
            errors.extend(word.find_forbidden_words(&text).into_iter().map(|error| format!("{page}: {error}")));
        }
    }
    assert!(errors.is_empty(), "{} words not to use (docs/words.toml):\n{}", errors.len(), errors.join("\n"));
}

#[test]
fn pages_keep_to_the_list_of_words() {
    for language in [Language::Japanese, Language::English] {
        check_texts(gallery::samples(language).into_iter().map(|(name, page)| (name, page.into_string())));
    }
}

#[test]
fn letters_keep_to_the_list_of_words() {
    // Letters say what stands in these parts of the catalogues, and a little in the files that compose them.
    let source_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/consult/src");
    let read = |file: &str| fs::read_to_string(source_folder.join(file)).expect("the letters are there");
    let mut texts = Vec::new();
    for feature in ["appointments", "booking", "clinic", "desk_news", "family", "mail", "people", "proof", "reminders"]
    {
        let name = format!("letters/{feature}/letter.rs");
        let source = read(&format!("{feature}/letter.rs"));
        texts.push((name.clone(), source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()));
        let catalogue = read(&format!("{feature}/texts.rs"));
        let (_, letters) = catalogue.split_once("    // letter\n").expect("a part of the catalogue is of letters");
        let end = letters.find("\n\n    // ").unwrap_or(letters.len());
        texts.push((name, letters[..end].to_owned()));
    }
    assert!(texts.iter().any(|(_, text)| text.contains("確認コード")), "the letters are found");
    check_texts(texts);
}

#[test]
fn guides_keep_to_the_list_of_words() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs");
    let (mut texts, mut folders) = (Vec::new(), vec![docs.join("guide")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the guides are there") {
            let path = entry.expect("a file is listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md" || extension == "toml") {
                let name = path.strip_prefix(&docs).expect("it is in the folder").display().to_string();
                texts.push((name, fs::read_to_string(&path).expect("a guide is text")));
            }
        }
    }
    assert!(
        texts.iter().any(|(name, text)| name.ends_with("portal-on-a-pc.md") && text.contains("暗証番号が違います"))
    );
    check_texts(texts);
}

#[test]
fn what_letters_said_before_is_found() {
    let words = read_word_list();
    for sentence in [
        "このメールには返信できません。個人にかかわる内容は書いていません。",
        "続きはページでご覧ください。",
        "当日までに必要なことは、もうありません。",
        "お手続きのお願いがあります",
        "処方箋料などは別にかかります。",
    ] {
        let is_found = words
            .iter()
            .filter(|word| word.applies_to("letters/booking/letter.rs"))
            .any(|word| !word.find_forbidden_words(sentence).is_empty());
        assert!(is_found, "{sentence}");
    }
}

#[test]
fn no_word_is_both_to_use_and_not_to_use() {
    for word in read_word_list() {
        assert!(!word.not.is_empty(), "{} forbids nothing", word.r#use);
        for forbidden in &word.not {
            assert!(!word.r#use.contains(forbidden.as_str()), "{forbidden} is a part of {}", word.r#use);
        }
    }
}

#[test]
fn a_word_that_is_part_of_a_right_one_is_left_alone() {
    let word = Word {
        r#use: "暗証番号".to_owned(),
        _english: String::new(),
        not: vec!["パスワード".to_owned()],
        except: vec!["署名用パスワード".to_owned()],
        pages: vec!["portal/".to_owned()],
    };
    assert!(word.applies_to("portal/pin") && !word.applies_to("consult/desk"));
    assert!(word.find_forbidden_words("6〜16文字の署名用パスワードではありません").is_empty());
    assert_eq!(word.find_forbidden_words("パスワードを入力"), ["'パスワード' in '…パスワードを入力…': use '暗証番号'"]);
}
