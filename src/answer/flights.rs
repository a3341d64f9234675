//! What is remembered, bounded in bytes, and the work for it: done once for all who ask at the same time.
//!
//! The wall never waits for the work of others, which may stand in the queue or be stopped for the very frame that
//! waits: it does the work itself, once for all of its panels.

use std::hash::Hash;

use moka::future::Cache;
use moka::policy::EvictionPolicy;

use crate::store::Lane;

pub(super) struct Flights<K, V> {
    kept: Cache<K, V>,
    /// Work of the wall's own under way; nothing stays here.
    of_wall: Cache<K, V>,
}

impl<K, V> Flights<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// `weigh`: the bytes of an entry. What weighs more than an eighth of the room is not kept.
    pub(crate) fn new(most_bytes: u64, weigh: impl Fn(&K, &V) -> usize + Send + Sync + 'static) -> Self {
        let weigh = move |key: &K, value: &V| {
            let bytes = weigh(key, value) as u64;
            let weight = if bytes > most_bytes / 8 { most_bytes + 1 } else { bytes };
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(most_bytes).weigher(weigh);
        Self { kept: kept.eviction_policy(EvictionPolicy::lru()).build(), of_wall: Cache::new(MOST_AT_ONCE) }
    }

    /// What is remembered of a key, or what the work makes of it. Who asks meanwhile waits for the same work; a failure
    /// goes to all who wait, and is not kept.
    pub(crate) async fn get_or_work<E: Clone + Send + Sync + 'static>(
        &self,
        lane: Lane,
        key: K,
        work: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        if lane != Lane::Wall {
            return self.kept.try_get_with(key, work).await.map_err(|why| E::clone(&why));
        }
        if let Some(value) = self.kept.get(&key).await {
            return Ok(value);
        }
        let made = self.of_wall.try_get_with(key.clone(), work).await;
        if let Ok(value) = &made {
            self.kept.insert(key.clone(), value.clone()).await;
        }
        self.of_wall.invalidate(&key).await;
        made.map_err(|why| E::clone(&why))
    }

    /// Bytes that are kept, as they were weighed.
    pub(crate) fn bytes(&self) -> u64 {
        self.kept.weighted_size()
    }

    #[cfg(test)]
    pub(crate) fn kept(&self) -> &Cache<K, V> {
        &self.kept
    }
}

/// Questions that the wall asks at the same time: what is done is taken off at once.
const MOST_AT_ONCE: u64 = 10_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;

    use super::*;

    fn numbers() -> Flights<u32, u32> {
        Flights::new(1 << 10, |_, _| 4)
    }

    #[tokio::test]
    async fn who_asks_meanwhile_waits_for_the_same_work() {
        let (cache, worked) = (numbers(), AtomicU32::new(0));
        for lane in [Lane::Yielding, Lane::Wall] {
            worked.store(0, Ordering::Relaxed);
            let (begun, end) = (Notify::new(), Notify::new());
            let ask = || {
                cache.get_or_work(lane, lane as u32, async {
                    worked.fetch_add(1, Ordering::Relaxed);
                    begun.notify_one();
                    end.notified().await;
                    Ok::<_, ()>(7)
                })
            };
            let let_end = async {
                begun.notified().await;
                end.notify_one();
            };
            let (first, second, ()) = tokio::join!(ask(), ask(), let_end);
            assert_eq!((first, second, worked.load(Ordering::Relaxed)), (Ok(7), Ok(7), 1), "{lane:?}");
        }
    }

    #[tokio::test]
    async fn the_wall_waits_for_nobody_else_s_work_and_gives_its_own_to_all() {
        let (cache, begun) = (Arc::new(numbers()), Arc::new(Notify::new()));
        let others = tokio::spawn({
            let (cache, begun) = (cache.clone(), begun.clone());
            async move {
                let never = async {
                    begun.notify_one();
                    std::future::pending::<()>().await;
                    Ok::<_, ()>(0)
                };
                cache.get_or_work(Lane::Yielding, 1, never).await
            }
        });
        begun.notified().await;
        assert_eq!(cache.get_or_work(Lane::Wall, 1, async { Ok::<_, ()>(2) }).await, Ok(2));
        others.abort();
        assert!(others.await.is_err());
        assert_eq!(cache.get_or_work(Lane::Yielding, 1, async { Err(()) }).await, Ok(2), "kept");
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = numbers();
        for lane in [Lane::Yielding, Lane::Wall] {
            assert_eq!(
                cache.get_or_work(lane, 1, async { Err::<u32, _>("no") }).await,
                Err("no"),
                "{lane:?}"
            );
        }
        assert_eq!(cache.get_or_work(Lane::Wall, 1, async { Ok::<_, ()>(3) }).await, Ok(3));
    }
}
