//! What stands in the arguments of macros, which the parser leaves as tokens.

use syn::{
    Lit, Macro,
    buffer::{Cursor, TokenBuffer},
};

/// The string literals of a macro call, in order, those in inner groups too.
pub(crate) fn string_literals(called: &Macro) -> Vec<String> {
    let mut texts = Vec::new();
    collect_literals(TokenBuffer::new2(called.tokens.clone()).begin(), &mut texts);
    texts
}

fn collect_literals(mut cursor: Cursor<'_>, texts: &mut Vec<String>) {
    while !cursor.eof() {
        if let Some((literal, next)) = cursor.literal() {
            if let Ok(Lit::Str(literal)) = syn::parse_str(&literal.to_string()) {
                texts.push(literal.value());
            }
            cursor = next;
        } else if let Some((group, _, _, next)) = cursor.any_group() {
            collect_literals(group, texts);
            cursor = next;
        } else if let Some((_, next)) = cursor.token_tree() {
            cursor = next;
        } else {
            return;
        }
    }
}

/// The paths of a macro call that have several parts, in order: `crate`, `store`, `Store` of `crate::store::Store`.
pub(crate) fn paths(called: &Macro) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    collect_paths(TokenBuffer::new2(called.tokens.clone()).begin(), &mut paths);
    paths
}

fn collect_paths(mut cursor: Cursor<'_>, paths: &mut Vec<Vec<String>>) {
    while !cursor.eof() {
        if let Some((first, mut next)) = cursor.ident() {
            let mut path = vec![first.to_string()];
            while let Some((name, after)) = next_part(next) {
                path.push(name);
                next = after;
            }
            if path.len() > 1 {
                paths.push(path);
            }
            cursor = next;
        } else if let Some((group, _, _, next)) = cursor.any_group() {
            collect_paths(group, paths);
            cursor = next;
        } else if let Some((_, next)) = cursor.token_tree() {
            cursor = next;
        } else {
            return;
        }
    }
}

/// The name after `::`, if one follows.
fn next_part(cursor: Cursor<'_>) -> Option<(String, Cursor<'_>)> {
    let (first, after) = cursor.punct()?;
    let (second, after) = after.punct()?;
    let (name, after) = after.ident()?;
    (first.as_char() == ':' && second.as_char() == ':').then(|| (name.to_string(), after))
}

#[test]
fn literals_and_paths_are_found_at_any_depth() {
    let called: Macro =
        syn::parse_str(r##"record!(A { "one", b: [crate::store::find(r#"two"#, 3)] }; super::C, x: u8)"##)
            .expect("a macro call");
    assert_eq!(string_literals(&called), ["one", "two"]);
    assert_eq!(paths(&called), [vec!["crate", "store", "find"], vec!["super", "C"]]);
}
