//! Every public item says what it is. A field or a variant does so where its name does not.

use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Visibility};

use crate::{findings::WORKSPACE, sources::SourceFile};

/// The public items of a file that have no doc comment.
pub(crate) fn find_undocumented_items(file: &SourceFile) -> Vec<String> {
    let mut names = Vec::new();
    collect_undocumented_items(&file.syntax.items, &mut names);
    names.into_iter().map(|name| format!("{}: {name}", file.path.display())).collect()
}

fn collect_undocumented_items(items: &[Item], names: &mut Vec<String>) {
    for item in items {
        let (attributes, visibility, name) = match item {
            Item::Const(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Enum(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Fn(item) => (&item.attrs, &item.vis, item.sig.ident.to_string()),
            Item::Static(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Struct(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Trait(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Type(item) => (&item.attrs, &item.vis, item.ident.to_string()),
            // A module in a file of its own begins with its documentation.
            Item::Mod(item) if item.content.is_some() => (&item.attrs, &item.vis, item.ident.to_string()),
            Item::Impl(item) if item.trait_.is_none() => {
                let methods = item.items.iter().filter_map(|inner| match inner {
                    ImplItem::Fn(method) => Some((&method.attrs, &method.vis, method.sig.ident.to_string())),
                    ImplItem::Const(constant) => Some((&constant.attrs, &constant.vis, constant.ident.to_string())),
                    _ => None,
                });
                let methods = methods.filter(|(attributes, visibility, _)| needs_documentation(attributes, visibility));
                names.extend(methods.map(|(_, _, name)| name));
                continue;
            }
            _ => continue,
        };
        if needs_documentation(attributes, visibility) {
            names.push(name);
        }
        match item {
            Item::Mod(item) => {
                collect_undocumented_items(item.content.as_ref().map_or(&[], |(_, items)| items), names);
            }
            Item::Trait(item) if is_public(&item.vis) => {
                let methods = item.items.iter().filter_map(|inner| match inner {
                    TraitItem::Fn(method) if !is_documented(&method.attrs) => Some(method.sig.ident.to_string()),
                    _ => None,
                });
                names.extend(methods);
            }
            _ => {}
        }
    }
}

fn needs_documentation(attributes: &[Attribute], visibility: &Visibility) -> bool {
    is_public(visibility) && !is_documented(attributes)
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_documented(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => {
            matches!(&pair.value, Expr::Lit(literal) if matches!(&literal.lit, Lit::Str(text) if !text.value().trim().is_empty()))
        }
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}

#[test]
fn every_public_item_is_documented() {
    let found = &WORKSPACE.undocumented_items;
    assert!(found.is_empty(), "no doc comment:\n{}", found.join("\n"));
}

#[test]
fn an_undocumented_item_is_found() {
    let text = "
        pub struct Bare;
        /// Documented.
        pub struct Fine { pub field: u8 }
        impl Fine { pub fn bare_method() {} fn private() {} }
        pub(crate) fn internal() {}
        /// Documented.
        pub trait Role { fn bare_role(&self); }
        #[cfg(test)] mod tests { pub fn helper() {} }
    ";
    let file = SourceFile::parse("crates/planted/src/lib.rs".as_ref(), text);
    let found = find_undocumented_items(&file);
    let expected = ["Bare", "bare_method", "bare_role"].map(|name| format!("crates/planted/src/lib.rs: {name}"));
    assert_eq!(found, expected);
}
