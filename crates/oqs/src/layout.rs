//! Elements ↔ values: how a field of a message stands in its element, told once for reading and writing.
//!
//! A message is declared by [`record!`], each field with the manner in which it stands there and its element's name:
//! [`required`], [`optional`], [`inner`], [`inner_optional`], [`listed`], [`bare`], [`numbered`], [`repeated`], [`flat`]
//! and [`flat_optional`] here, and a few of their own kind beside the message that needs them.

use crate::{Doubt, Unreadable, xml::Element};

/// A value that stands as the text of one element.
pub(crate) trait Value: Sized {
    /// What should stand there, for a sentence that begins with "the element is not".
    const EXPECTED: &'static str;

    fn from_text(text: &str) -> Option<Self>;

    fn text(&self) -> String;
}

/// A value that stands as the children of one element.
pub(crate) trait Record: Sized {
    fn read(element: &Element, trail: &mut Trail) -> Result<Self, Unreadable>;

    fn write(&self, element: &mut Element);
}

/// What few messages have is put aside, so that the many without it stay small.
impl<T: Record> Record for Box<T> {
    fn read(element: &Element, trail: &mut Trail) -> Result<Self, Unreadable> {
        T::read(element, trail).map(Self::new)
    }

    fn write(&self, element: &mut Element) {
        T::write(self, element);
    }
}

/// Where the reader is, and what it had to pass over.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    path: Vec<&'static str>,
    pub(crate) doubts: Vec<Doubt>,
}

impl Trail {
    pub(crate) fn to(&self, name: &str) -> String {
        let mut path = self.path.join("/");
        if !path.is_empty() {
            path.push('/');
        }
        path + name
    }

    pub(crate) fn missing(&self, name: &str) -> Unreadable {
        Unreadable::Missing { element: self.to(name) }
    }

    pub(crate) fn doubt(&mut self, name: &str, text: &str, expected: &'static str) {
        self.doubts.push(Doubt { element: self.to(name), text: text.to_owned(), expected });
    }

    /// The record in `element`, which is called `name`.
    pub(crate) fn into<T: Record>(&mut self, element: &Element, name: &'static str) -> Result<T, Unreadable> {
        self.within(name, |trail| T::read(element, trail))
    }

    /// What `read` reads in the element that is called `name`.
    pub(crate) fn within<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name);
        let found = read(self);
        self.path.pop();
        found
    }

    /// The only child of a name that says something; two are refused, so that no two readers read different ones.
    pub(crate) fn only<'e>(&self, parent: &'e Element, name: &'e str) -> Result<Option<&'e Element>, Unreadable> {
        let mut children = parent.named(name).filter(|child| !child.is_empty());
        let first = children.next();
        if children.next().is_some() {
            return Err(Unreadable::Repeated { element: self.to(name) });
        }
        Ok(first)
    }
}

/// Declares a message or a part of one: its fields, and how each stands in the element.
macro_rules! record {
    ($(#[$about:meta])* pub struct $name:ident {
        $($(#[$field_about:meta])* $field:ident: $kind:ty = $manner:ident $element:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_about])* pub $field: $kind,)*
        }

        impl $crate::layout::Record for $name {
            fn read(
                element: &$crate::xml::Element,
                trail: &mut $crate::layout::Trail,
            ) -> Result<Self, $crate::Unreadable> {
                let _ = (element, &trail);
                Ok(Self { $($field: $manner::read(element, $element, trail)?,)* })
            }

            fn write(&self, element: &mut $crate::xml::Element) {
                let _ = &element;
                $($manner::write(&self.$field, element, $element);)*
            }
        }
    };
}
pub(crate) use record;

fn write_leaf<T: Value>(value: &T, parent: &mut Element, name: &str) {
    let text = value.text();
    if !text.is_empty() {
        parent.children.push(Element { text, ..Element::new(name) });
    }
}

fn write_record<T: Record>(record: &T, parent: &mut Element, name: &str) {
    let mut element = Element::new(name);
    record.write(&mut element);
    if !element.children.is_empty() {
        parent.children.push(element);
    }
}

/// `List/Item` → the list's name, if the items have a list, and theirs.
fn list_and_item(path: &'static str) -> (Option<&'static str>, &'static str) {
    path.split_once('/').map_or((None, path), |(list, item)| (Some(list), item))
}

/// One text that must be there.
pub(crate) mod required {
    use super::{Element, Trail, Unreadable, Value};

    pub(crate) fn read<T: Value>(parent: &Element, name: &str, trail: &mut Trail) -> Result<T, Unreadable> {
        let element = trail.only(parent, name)?.ok_or_else(|| trail.missing(name))?;
        let wrong = || Unreadable::Wrong { element: trail.to(name), expected: T::EXPECTED };
        T::from_text(&element.text).ok_or_else(wrong)
    }

    pub(crate) fn write<T: Value>(value: &T, parent: &mut Element, name: &str) {
        super::write_leaf(value, parent, name);
    }
}

/// One text that may be missing. One that cannot be read is passed over, with a [`crate::Doubt`].
pub(crate) mod optional {
    use super::{Element, Trail, Unreadable, Value};

    pub(crate) fn read<T: Value>(parent: &Element, name: &str, trail: &mut Trail) -> Result<Option<T>, Unreadable> {
        let Some(element) = trail.only(parent, name)? else { return Ok(None) };
        let value = T::from_text(&element.text);
        if value.is_none() {
            trail.doubt(name, &element.text, T::EXPECTED);
        }
        Ok(value)
    }

    #[expect(clippy::ref_option, reason = "every manner takes its field as it stands")]
    pub(crate) fn write<T: Value>(value: &Option<T>, parent: &mut Element, name: &str) {
        if let Some(value) = value {
            super::write_leaf(value, parent, name);
        }
    }
}

/// One element with parts, which must be there.
pub(crate) mod inner {
    use super::{Element, Record, Trail, Unreadable};

    pub(crate) fn read<T: Record>(parent: &Element, name: &'static str, trail: &mut Trail) -> Result<T, Unreadable> {
        let element = trail.only(parent, name)?.ok_or_else(|| trail.missing(name))?;
        trail.into(element, name)
    }

    pub(crate) fn write<T: Record>(record: &T, parent: &mut Element, name: &str) {
        super::write_record(record, parent, name);
    }
}

/// One element with parts, which may be missing. An empty one says nothing.
pub(crate) mod inner_optional {
    use super::{Element, Record, Trail, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        name: &'static str,
        trail: &mut Trail,
    ) -> Result<Option<T>, Unreadable> {
        trail.only(parent, name)?.map(|element| trail.into(element, name)).transpose()
    }

    #[expect(clippy::ref_option, reason = "every manner takes its field as it stands")]
    pub(crate) fn write<T: Record>(record: &Option<T>, parent: &mut Element, name: &str) {
        if let Some(record) = record {
            super::write_record(record, parent, name);
        }
    }
}

/// Any number of elements with parts, `Item`, or in a list of their own, `List/Item`. Read with the list and without.
pub(crate) mod listed {
    use super::{Element, Record, Trail, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        path: &'static str,
        trail: &mut Trail,
    ) -> Result<Vec<T>, Unreadable> {
        let (list, item) = super::list_and_item(path);
        let within = list.into_iter().flat_map(|list| parent.named(list)).flat_map(|list| list.named(item));
        let items = parent.named(item).chain(within).filter(|element| !element.is_empty());
        items.map(|element| trail.into(element, path)).collect()
    }

    pub(crate) fn write<T: Record>(records: &[T], parent: &mut Element, path: &'static str) {
        let (list, item) = super::list_and_item(path);
        let Some(list) = list else {
            return super::bare::write(records, parent, item);
        };
        let mut element = Element::new(list);
        super::bare::write(records, &mut element, item);
        if !element.children.is_empty() {
            parent.children.push(element);
        }
    }
}

/// As [`listed`], but written without the list.
pub(crate) mod bare {
    use super::{Element, Record};

    pub(crate) use super::listed::read;

    pub(crate) fn write<T: Record>(records: &[T], parent: &mut Element, path: &'static str) {
        let (_, item) = super::list_and_item(path);
        for record in records {
            super::write_record(record, parent, item);
        }
    }
}

/// Up to three texts in `Name1`, `Name2` and `Name3`. Gaps close.
pub(crate) mod numbered {
    use super::{Element, Trail, Unreadable};

    pub(crate) fn read(parent: &Element, name: &str, trail: &mut Trail) -> Result<Vec<String>, Unreadable> {
        let mut texts = Vec::new();
        for number in 1..=3 {
            texts.extend(super::optional::read(parent, &format!("{name}{number}"), trail)?);
        }
        Ok(texts)
    }

    pub(crate) fn write(texts: &[String], parent: &mut Element, name: &str) {
        for (number, text) in (1..=3).zip(texts) {
            super::write_leaf(text, parent, &format!("{name}{number}"));
        }
    }
}

/// Any number of texts under one name. One that cannot be read is passed over, with a [`crate::Doubt`].
pub(crate) mod repeated {
    use super::{Element, Trail, Unreadable, Value};

    #[expect(clippy::unnecessary_wraps, reason = "every manner answers alike")]
    pub(crate) fn read<T: Value>(parent: &Element, name: &str, trail: &mut Trail) -> Result<Vec<T>, Unreadable> {
        let mut values = Vec::new();
        for element in parent.named(name).filter(|element| !element.is_empty()) {
            match T::from_text(&element.text) {
                Some(value) => values.push(value),
                None => trail.doubt(name, &element.text, T::EXPECTED),
            }
        }
        Ok(values)
    }

    pub(crate) fn write<T: Value>(values: &[T], parent: &mut Element, name: &str) {
        for value in values {
            super::write_leaf(value, parent, name);
        }
    }
}

/// Parts that stand beside the others, without an element of their own.
pub(crate) mod flat {
    use super::{Element, Record, Trail, Unreadable};

    pub(crate) fn read<T: Record>(parent: &Element, _: &str, trail: &mut Trail) -> Result<T, Unreadable> {
        T::read(parent, trail)
    }

    pub(crate) fn write<T: Record>(record: &T, parent: &mut Element, _: &str) {
        record.write(parent);
    }
}

/// As [`flat`], where the element named, without which there is nothing, may be missing.
pub(crate) mod flat_optional {
    use super::{Element, Record, Trail, Unreadable};

    pub(crate) fn read<T: Record>(parent: &Element, key: &str, trail: &mut Trail) -> Result<Option<T>, Unreadable> {
        if trail.only(parent, key)?.is_none() {
            return Ok(None);
        }
        T::read(parent, trail).map(Some)
    }

    #[expect(clippy::ref_option, reason = "every manner takes its field as it stands")]
    pub(crate) fn write<T: Record>(record: &Option<T>, parent: &mut Element, _: &str) {
        if let Some(record) = record {
            record.write(parent);
        }
    }
}
