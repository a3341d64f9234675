//! A bounded number of places, for displays and for connections: taken, and given back when dropped. That there is
//! none left is logged once, and again only after there was some room.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Clone)]
pub struct Places(Arc<Inner>);

struct Inner {
    of: &'static str,
    most: usize,
    taken: AtomicUsize,
    full: AtomicBool,
}

/// One place; given back when dropped.
pub struct Place(Places);

impl Places {
    /// `of`: what takes the places, for the log.
    pub fn new(of: &'static str, most: usize) -> Self {
        Self(Arc::new(Inner { of, most, taken: AtomicUsize::new(0), full: AtomicBool::new(false) }))
    }

    pub fn take(&self) -> Option<Place> {
        let one_more = |taken: usize| (taken < self.0.most).then_some(taken + 1);
        if self.0.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_ok() {
            return Some(Place(self.clone()));
        }
        if !self.0.full.swap(true, Ordering::AcqRel) {
            tracing::warn!(most = self.0.most, "no room for more {}: they are told to come back", self.0.of);
        }
        None
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let places = &self.0.0;
        let left = places.taken.fetch_sub(1, Ordering::AcqRel) - 1;
        if left * 10 < places.most * 9 {
            places.full.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_once_it_is_dropped() {
        let places = Places::new("displays", 2);
        let (first, _second) = (places.take(), places.take());
        assert!(first.is_some() && places.take().is_none() && places.0.full.load(Ordering::Acquire));
        drop(first);
        assert_eq!(places.0.taken.load(Ordering::Acquire), 1);
        assert!(!places.0.full.load(Ordering::Acquire), "the next time is worth a line again");
        assert!(places.take().is_some());
    }
}
