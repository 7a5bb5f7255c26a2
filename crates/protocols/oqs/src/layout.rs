//! Elements ↔ values: the layout of a message's fields in its element, declared once for reading and writing.
//!
//! A message is declared by [`record!`], each field with its layout and its element's name. The layouts are [`required`],
//! [`optional`], [`inner`], [`inner_optional`], [`list`], [`unwrapped_list`], [`numbered`], [`repeated`], [`flat`] and
//! [`flat_optional`] here, and a few special ones beside the message that needs them.

use crate::{ReadWarning, Unreadable, xml::Element};

/// A value that is the text of one element.
pub(crate) trait Value: Sized {
    /// The expected text, for a sentence that begins with "the element is not".
    const EXPECTED: &'static str;

    fn from_text(text: &str) -> Option<Self>;

    fn to_text(&self) -> String;
}

/// A value that consists of the children of one element.
pub(crate) trait Record: Sized {
    fn read(element: &Element, context: &mut ReadContext) -> Result<Self, Unreadable>;

    fn write(&self, element: &mut Element);
}

/// Large parts of few messages are boxed, so that the others stay small.
impl<T: Record> Record for Box<T> {
    fn read(element: &Element, context: &mut ReadContext) -> Result<Self, Unreadable> {
        T::read(element, context).map(Self::new)
    }

    fn write(&self, element: &mut Element) {
        T::write(self, element);
    }
}

/// The position of the reader, and the values that it could not read.
#[derive(Debug, Default)]
pub(crate) struct ReadContext {
    path: Vec<&'static str>,
    pub(crate) warnings: Vec<ReadWarning>,
}

impl ReadContext {
    pub(crate) fn path_to(&self, name: &str) -> String {
        let mut path = self.path.join("/");
        if !path.is_empty() {
            path.push('/');
        }
        path + name
    }

    pub(crate) fn missing(&self, name: &str) -> Unreadable {
        Unreadable::Missing { element: self.path_to(name) }
    }

    pub(crate) fn add_warning(&mut self, name: &str, text: &str, expected: &'static str) {
        self.warnings.push(ReadWarning { element: self.path_to(name), text: text.to_owned(), expected });
    }

    /// Reads the record in `element`, which is called `name`.
    pub(crate) fn read_record<T: Record>(&mut self, element: &Element, name: &'static str) -> Result<T, Unreadable> {
        self.in_element(name, |context| T::read(element, context))
    }

    /// Calls `read` within the element that is called `name`.
    pub(crate) fn in_element<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name);
        let result = read(self);
        self.path.pop();
        result
    }

    /// The only non-empty child of a name; duplicates are refused, so that no two readers use different ones.
    pub(crate) fn single_child<'e>(
        &self,
        parent: &'e Element,
        name: &'e str,
    ) -> Result<Option<&'e Element>, Unreadable> {
        let mut children = parent.children_named(name).filter(|child| !child.is_empty());
        let first = children.next();
        if children.next().is_some() {
            return Err(Unreadable::Repeated { element: self.path_to(name) });
        }
        Ok(first)
    }
}

/// Declares a message or a part of one: its fields, and their layouts in the element.
macro_rules! record {
    ($(#[$about:meta])* pub struct $name:ident {
        $($(#[$field_about:meta])* $field:ident: $kind:ty = $layout:ident $element:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_about])* pub $field: $kind,)*
        }

        impl $crate::layout::Record for $name {
            fn read(
                element: &$crate::xml::Element,
                context: &mut $crate::layout::ReadContext,
            ) -> Result<Self, $crate::Unreadable> {
                let _ = (element, &context);
                Ok(Self { $($field: $layout::read(element, $element, context)?,)* })
            }

            fn write(&self, element: &mut $crate::xml::Element) {
                let _ = &element;
                $($layout::write(&self.$field, element, $element);)*
            }
        }
    };
}
pub(crate) use record;

fn write_leaf<T: Value>(value: &T, parent: &mut Element, name: &str) {
    let text = value.to_text();
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

/// `List/Item` → the name of the list, if there is one, and of the items.
fn list_and_item(path: &'static str) -> (Option<&'static str>, &'static str) {
    path.split_once('/').map_or((None, path), |(list, item)| (Some(list), item))
}

/// One text that must be present.
pub(crate) mod required {
    use super::{Element, ReadContext, Unreadable, Value};

    pub(crate) fn read<T: Value>(parent: &Element, name: &str, context: &mut ReadContext) -> Result<T, Unreadable> {
        let element = context.single_child(parent, name)?.ok_or_else(|| context.missing(name))?;
        let wrong = || Unreadable::InvalidValue { element: context.path_to(name), expected: T::EXPECTED };
        T::from_text(&element.text).ok_or_else(wrong)
    }

    pub(crate) fn write<T: Value>(value: &T, parent: &mut Element, name: &str) {
        super::write_leaf(value, parent, name);
    }
}

/// One text that may be missing. An invalid one is skipped with a [`crate::ReadWarning`].
pub(crate) mod optional {
    use super::{Element, ReadContext, Unreadable, Value};

    pub(crate) fn read<T: Value>(
        parent: &Element,
        name: &str,
        context: &mut ReadContext,
    ) -> Result<Option<T>, Unreadable> {
        let Some(element) = context.single_child(parent, name)? else { return Ok(None) };
        let value = T::from_text(&element.text);
        if value.is_none() {
            context.add_warning(name, &element.text, T::EXPECTED);
        }
        Ok(value)
    }

    #[expect(clippy::ref_option, reason = "all layouts have the same signature")]
    pub(crate) fn write<T: Value>(value: &Option<T>, parent: &mut Element, name: &str) {
        if let Some(value) = value {
            super::write_leaf(value, parent, name);
        }
    }
}

/// One element with children, which must be present.
pub(crate) mod inner {
    use super::{Element, ReadContext, Record, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        name: &'static str,
        context: &mut ReadContext,
    ) -> Result<T, Unreadable> {
        let element = context.single_child(parent, name)?.ok_or_else(|| context.missing(name))?;
        context.read_record(element, name)
    }

    pub(crate) fn write<T: Record>(record: &T, parent: &mut Element, name: &str) {
        super::write_record(record, parent, name);
    }
}

/// One element with children, which may be missing. An empty one counts as missing.
pub(crate) mod inner_optional {
    use super::{Element, ReadContext, Record, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        name: &'static str,
        context: &mut ReadContext,
    ) -> Result<Option<T>, Unreadable> {
        context.single_child(parent, name)?.map(|element| context.read_record(element, name)).transpose()
    }

    #[expect(clippy::ref_option, reason = "all layouts have the same signature")]
    pub(crate) fn write<T: Record>(record: &Option<T>, parent: &mut Element, name: &str) {
        if let Some(record) = record {
            super::write_record(record, parent, name);
        }
    }
}

/// Any number of elements with children, `Item`, or in a list element, `List/Item`. Read with and without the list.
pub(crate) mod list {
    use super::{Element, ReadContext, Record, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        path: &'static str,
        context: &mut ReadContext,
    ) -> Result<Vec<T>, Unreadable> {
        let (list, item) = super::list_and_item(path);
        let list_items =
            list.into_iter().flat_map(|list| parent.children_named(list)).flat_map(|list| list.children_named(item));
        let items = parent.children_named(item).chain(list_items).filter(|element| !element.is_empty());
        items.map(|element| context.read_record(element, path)).collect()
    }

    pub(crate) fn write<T: Record>(records: &[T], parent: &mut Element, path: &'static str) {
        let (list, item) = super::list_and_item(path);
        let Some(list) = list else {
            return super::unwrapped_list::write(records, parent, item);
        };
        let mut element = Element::new(list);
        super::unwrapped_list::write(records, &mut element, item);
        if !element.children.is_empty() {
            parent.children.push(element);
        }
    }
}

/// As [`list`], but written without the list element.
pub(crate) mod unwrapped_list {
    use super::{Element, Record};

    pub(crate) use super::list::read;

    pub(crate) fn write<T: Record>(records: &[T], parent: &mut Element, path: &'static str) {
        let (_, item) = super::list_and_item(path);
        for record in records {
            super::write_record(record, parent, item);
        }
    }
}

/// Up to three texts in `Name1`, `Name2` and `Name3`, written without gaps.
pub(crate) mod numbered {
    use super::{Element, ReadContext, Unreadable};

    pub(crate) fn read(parent: &Element, name: &str, context: &mut ReadContext) -> Result<Vec<String>, Unreadable> {
        let mut texts = Vec::new();
        for number in 1..=3 {
            texts.extend(super::optional::read(parent, &format!("{name}{number}"), context)?);
        }
        Ok(texts)
    }

    pub(crate) fn write(texts: &[String], parent: &mut Element, name: &str) {
        for (number, text) in (1..=3).zip(texts) {
            super::write_leaf(text, parent, &format!("{name}{number}"));
        }
    }
}

/// Any number of texts of one name. An invalid one is skipped with a [`crate::ReadWarning`].
pub(crate) mod repeated {
    use super::{Element, ReadContext, Unreadable, Value};

    #[expect(clippy::unnecessary_wraps, reason = "all layouts have the same signature")]
    pub(crate) fn read<T: Value>(
        parent: &Element,
        name: &str,
        context: &mut ReadContext,
    ) -> Result<Vec<T>, Unreadable> {
        let mut values = Vec::new();
        for element in parent.children_named(name).filter(|element| !element.is_empty()) {
            match T::from_text(&element.text) {
                Some(value) => values.push(value),
                None => context.add_warning(name, &element.text, T::EXPECTED),
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

/// Children among the others, without an element of their own.
pub(crate) mod flat {
    use super::{Element, ReadContext, Record, Unreadable};

    pub(crate) fn read<T: Record>(parent: &Element, _: &str, context: &mut ReadContext) -> Result<T, Unreadable> {
        T::read(parent, context)
    }

    pub(crate) fn write<T: Record>(record: &T, parent: &mut Element, _: &str) {
        record.write(parent);
    }
}

/// As [`flat`], but missing if the element named is missing.
pub(crate) mod flat_optional {
    use super::{Element, ReadContext, Record, Unreadable};

    pub(crate) fn read<T: Record>(
        parent: &Element,
        key: &str,
        context: &mut ReadContext,
    ) -> Result<Option<T>, Unreadable> {
        if context.single_child(parent, key)?.is_none() {
            return Ok(None);
        }
        T::read(parent, context).map(Some)
    }

    #[expect(clippy::ref_option, reason = "all layouts have the same signature")]
    pub(crate) fn write<T: Record>(record: &Option<T>, parent: &mut Element, _: &str) {
        if let Some(record) = record {
            record.write(parent);
        }
    }
}
