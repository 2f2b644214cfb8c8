//! Collections that are empty in most teams, and take no memory there.

use std::sync::Arc;

/// A collection that is shared until it changes, and nothing but a null pointer while it has never held anything.
#[derive(Debug, Clone)]
pub(super) struct Rare<C>(Option<Arc<C>>);

impl<C> Default for Rare<C> {
    fn default() -> Self {
        Self(None)
    }
}

impl<C: Clone + Default> Rare<C> {
    /// The collection, unless it has never held anything.
    pub(super) fn get(&self) -> Option<&C> {
        self.0.as_deref()
    }

    /// The collection to change, copied first if it is shared.
    pub(super) fn make_mut(&mut self) -> &mut C {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl<C> FromIterator<C::Item> for Rare<C>
where
    C: IntoIterator + FromIterator<C::Item>,
{
    fn from_iter<I: IntoIterator<Item = C::Item>>(items: I) -> Self {
        let mut items = items.into_iter().peekable();
        Self(items.peek().is_some().then(|| Arc::new(items.collect())))
    }
}
