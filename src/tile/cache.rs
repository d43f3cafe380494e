//! Drawn tiles as they are sent, kept within a number of bytes.
//!
//! A tile is known by what it is made of ([`super::entity_tag`]: encoder, address, texts of the
//! layer definitions, numbers of the parts), so nothing here is ever out of date and a
//! publication needs no clearing: what it replaced is asked for no more, and makes room.
//! A tile that several requests want at once is drawn by one of them. Cold tiles have the
//! cheapest compression; those asked for again are compressed harder by a thread of its own, which
//! takes no place from those who draw and gives way to all others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, mpsc};

use crate::geo::MatrixSet;

use super::compress::{Effort, Encoding, compress, decompress};

/// What a tile costs beside its bytes: key, header, counters, the cache's own list. Empty
/// tiles cost this much too, so that their number is bounded.
const OVERHEAD_BYTES: u64 = 192;

/// Answers from memory after which a tile is worth a better compression.
const HOT: u32 = 4;

/// Requests that wait for a place to draw, for each place there is. Beyond it the answer is
/// 503 at once: a map asks again, and what waits is answered in time.
const WAITING_PER_PLACE: usize = 32;

/// How much the thread that compresses hot tiles gives way to others (`nice`).
const GIVE_WAY: i32 = 10;

/// Longest wait for a place.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What a tile is made of: the same digest, the same tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileDigest(pub(super) [u8; 16]);

impl TileDigest {
    /// The digest of a tile of the same numbers in a tile matrix set.
    #[must_use]
    pub fn in_set(self, set: MatrixSet) -> Self {
        if set == MatrixSet::WebMercator {
            return self;
        }
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(set.id());
        let digest = hash.finalize();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Self(short)
    }

    /// Strong entity tag (RFC 9110, 8.8.3) of the tile in a coding.
    pub fn entity_tag(&self, encoding: Encoding) -> String {
        use std::fmt::Write as _;
        let mut tag = String::with_capacity(48);
        tag.push('"');
        for byte in self.0 {
            // Writing to a String cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        let _ = write!(tag, "-{}\"", encoding.word());
        tag
    }
}

/// Where a tile is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawingSize {
    /// By whoever asks: it takes less than handing it to another thread and back is worth.
    Small,
    /// On a thread for such work, so that answers from memory never wait for it.
    Large,
}

/// Why a tile is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// As many requests wait as may.
    #[error("too many tiles are being drawn")]
    Overloaded,
    /// The drawing panicked; the panic is in the log.
    #[error("the drawing of a tile was interrupted")]
    Interrupted,
}

/// A tile as it is sent.
#[derive(Debug)]
pub struct StoredTile {
    /// The bytes.
    pub bytes: Bytes,
    /// Their coding: identity where compression gains nothing.
    pub encoding: Encoding,
    answers: AtomicU32,
}

impl StoredTile {
    fn new((bytes, encoding): (Vec<u8>, Encoding)) -> Arc<Self> {
        Arc::new(Self {
            bytes: bytes.into(),
            encoding,
            answers: AtomicU32::new(0),
        })
    }
}

type Key = (TileDigest, Encoding);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Arc<StoredTile>> for ByBytes {
    fn weight(&self, _: &Key, tile: &Arc<StoredTile>) -> u64 {
        tile.bytes.len() as u64 + OVERHEAD_BYTES
    }
}

/// Tiles in memory, and the places where they are drawn.
pub struct TileCache {
    tiles: Cache<Key, Arc<StoredTile>, ByBytes>,
    places: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
    hot: mpsc::Sender<Key>,
}

impl TileCache {
    /// An empty cache, and the work of compressing hot tiles: for a thread of its own, which ends
    /// with the cache, or to be dropped.
    ///
    /// `capacity_bytes` counts tiles with their overhead; `places` is how many tiles are drawn
    /// at once.
    pub fn new(capacity_bytes: u64, places: usize) -> (Arc<Self>, impl FnOnce() + Send + 'static) {
        let (hot, mut wanted) = mpsc::channel::<Key>(64);
        // Tiles of a few kilobytes: what the cache sets aside for its own lists.
        let expected = usize::try_from(capacity_bytes / 8192).unwrap_or(usize::MAX);
        let cache = Arc::new(Self {
            tiles: Cache::with_weighter(expected.max(16), capacity_bytes, ByBytes),
            places: Semaphore::new(places),
            waiting: AtomicUsize::new(0),
            most_waiting: places * WAITING_PER_PLACE,
            hot,
        });
        // Weak: the thread ends with the cache.
        let weak = Arc::downgrade(&cache);
        let tighten = move || {
            // On Linux it is of this thread alone. Where it is refused, the thread is as urgent as
            // any other.
            let _ = rustix::process::nice(GIVE_WAY);
            while let Some(key) = wanted.blocking_recv() {
                let Some(cache) = weak.upgrade() else { break };
                cache.tighten(key);
            }
        };
        (cache, tighten)
    }

    /// The tile with a digest in a coding: from memory, or drawn now by one of those who ask.
    ///
    /// # Errors
    /// [`DrawError`].
    pub async fn get_or_draw(
        &self,
        digest: TileDigest,
        encoding: Encoding,
        size: DrawingSize,
        draw: impl FnOnce() -> Vec<u8> + Send + 'static,
    ) -> Result<Arc<StoredTile>, DrawError> {
        let key = (digest, encoding);
        let guard = match self.tiles.get_value_or_guard_async(&key).await {
            Ok(tile) => {
                self.count_answer(key, &tile);
                return Ok(tile);
            }
            Err(guard) => guard,
        };
        // When this request is dropped, its client gone, the guard goes on to the next.
        let place = self.place().await?;
        let draw = move || compress(draw(), encoding, Effort::Least);
        let drawn = match size {
            DrawingSize::Small => draw(),
            DrawingSize::Large => tokio::task::spawn_blocking(draw).await.map_err(|error| {
                tracing::error!(error = ?error, "a tile was not drawn");
                DrawError::Interrupted
            })?,
        };
        drop(place);
        let tile = StoredTile::new(drawn);
        // Refused when the tile was cleared meanwhile: it is sent all the same.
        let _ = guard.insert(Arc::clone(&tile));
        Ok(tile)
    }

    /// The tile with a digest in a coding, where it is in memory.
    pub fn get(&self, digest: TileDigest, encoding: Encoding) -> Option<Arc<StoredTile>> {
        let key = (digest, encoding);
        let tile = self.tiles.get(&key)?;
        self.count_answer(key, &tile);
        Some(tile)
    }

    /// Counts an answer from memory; who has given several is worth a better compression.
    fn count_answer(&self, key: Key, tile: &StoredTile) {
        // Once only: the count passes the mark, it does not stay on it.
        if tile.answers.fetch_add(1, Ordering::Relaxed) + 1 == HOT {
            // A full channel means that there is enough to do.
            let _ = self.hot.try_send(key);
        }
    }

    /// Bytes that the tiles hold, their overhead included.
    pub fn weight(&self) -> u64 {
        self.tiles.weight()
    }

    /// Number of tiles.
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, DrawError> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waiting = Waiting::enter(&self.waiting);
        if waiting.ahead >= self.most_waiting {
            return Err(DrawError::Overloaded);
        }
        match tokio::time::timeout(LONGEST_WAIT, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(DrawError::Overloaded),
        }
    }

    /// Compresses a tile as hard as pays, when nobody waits for a place.
    fn tighten(&self, key: Key) {
        let Some(tile) = self.tiles.peek(&key) else {
            return;
        };
        if tile.encoding == Encoding::Identity {
            return;
        }
        // Requests go first: a tile that stays hot comes again with its next version.
        if self.waiting.load(Ordering::Relaxed) > 0 {
            return;
        }
        let before = tile.bytes.len();
        // A tile on which a compressor falls must not end the thread.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            decompress(&tile.bytes, tile.encoding)
                .map(|bytes| compress(bytes, tile.encoding, Effort::Most))
        }));
        match done {
            Ok(Some((bytes, encoding))) if bytes.len() < before && encoding == key.1 => {
                let tighter = StoredTile::new((bytes, encoding));
                tighter.answers.store(HOT, Ordering::Relaxed);
                // Only where it still is: what was evicted is not brought back.
                let _ = self.tiles.replace(key, tighter, true);
            }
            Ok(_) => {}
            Err(_) => tracing::error!("the compression of a hot tile panicked"),
        }
    }
}

/// Counts one who waits, until dropped.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    ahead: usize,
}

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize) -> Self {
        let ahead = count.fetch_add(1, Ordering::Relaxed);
        Self { count, ahead }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as blocking;

    use super::*;

    fn digest(number: u8) -> TileDigest {
        TileDigest([number; 16])
    }

    fn large(number: u8) -> Vec<u8> {
        // Compresses, but not to nothing.
        (0..20_000_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 27) as u8 ^ number)
            .collect()
    }

    #[tokio::test]
    async fn a_tile_is_drawn_once_for_all_who_want_it() {
        let (cache, _) = TileCache::new(1 << 20, 2);
        let (go, wait) = blocking::channel::<()>();
        let first = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move {
                let draw = move || {
                    wait.recv().expect("is let go");
                    large(1)
                };
                cache
                    .get_or_draw(digest(1), Encoding::Zstd, DrawingSize::Large, draw)
                    .await
            }
        });
        while cache.places.available_permits() == 2 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (0..20)
            .map(|_| {
                let cache = Arc::clone(&cache);
                tokio::spawn(async move {
                    let draw = || panic!("drawn a second time");
                    cache
                        .get_or_draw(digest(1), Encoding::Zstd, DrawingSize::Large, draw)
                        .await
                })
            })
            .collect();
        go.send(()).expect("waits");
        let drawn = first.await.expect("ends").expect("is drawn");
        for other in others {
            let same = other.await.expect("ends").expect("is there");
            assert!(Arc::ptr_eq(&same, &drawn));
        }
    }

    #[tokio::test]
    async fn a_client_that_leaves_hands_the_drawing_on() {
        let (cache, _) = TileCache::new(1 << 20, 1);
        let place = cache.places.acquire().await.expect("is open");
        let leaver = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move {
                let draw = || panic!("nobody waits for it any more");
                cache
                    .get_or_draw(digest(1), Encoding::Gzip, DrawingSize::Large, draw)
                    .await
            }
        });
        while cache.waiting.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        leaver.abort();
        let _ = leaver.await;
        assert_eq!(cache.waiting.load(Ordering::Relaxed), 0);
        drop(place);
        let tile = cache
            .get_or_draw(digest(1), Encoding::Gzip, DrawingSize::Large, || large(1))
            .await
            .expect("is drawn");
        assert_eq!(tile.encoding, Encoding::Gzip);
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_told_at_once() {
        let (cache, _) = TileCache::new(1 << 20, 1);
        let place = cache.places.acquire().await.expect("is open");
        let waiting: Vec<_> = (0..WAITING_PER_PLACE as u8)
            .map(|number| {
                let cache = Arc::clone(&cache);
                tokio::spawn(async move {
                    cache
                        .get_or_draw(
                            digest(number),
                            Encoding::Identity,
                            DrawingSize::Small,
                            || vec![1],
                        )
                        .await
                        .map(|tile| tile.bytes.len())
                })
            })
            .collect();
        while cache.waiting.load(Ordering::Relaxed) < WAITING_PER_PLACE {
            tokio::task::yield_now().await;
        }
        let refused = cache
            .get_or_draw(digest(200), Encoding::Identity, DrawingSize::Small, || {
                vec![1]
            })
            .await;
        assert_eq!(refused.err(), Some(DrawError::Overloaded));
        drop(place);
        for one in waiting {
            assert_eq!(one.await.expect("ends"), Ok(1));
        }
        let later = cache
            .get_or_draw(digest(200), Encoding::Identity, DrawingSize::Small, || {
                vec![1]
            })
            .await;
        assert!(later.is_ok());
    }

    #[tokio::test]
    async fn bytes_are_bounded_and_empty_tiles_count() {
        let capacity = 100_000;
        let (cache, _) = TileCache::new(capacity, 2);
        for number in 0..=255 {
            let draw = move || large(number);
            let tile =
                cache.get_or_draw(digest(number), Encoding::Identity, DrawingSize::Small, draw);
            tile.await.expect("is drawn");
            assert!(cache.weight() <= capacity, "{}", cache.weight());
        }
        for number in 0..2000_u16 {
            let [high, low] = number.to_be_bytes();
            let mut name = [0; 16];
            (name[0], name[1]) = (high, low);
            let tile = cache.get_or_draw(
                TileDigest(name),
                Encoding::Identity,
                DrawingSize::Small,
                Vec::new,
            );
            tile.await.expect("is drawn");
        }
        assert!(cache.weight() <= capacity && cache.len() as u64 <= capacity / OVERHEAD_BYTES);
    }

    #[tokio::test]
    async fn hot_tiles_become_smaller_and_stay_the_same() {
        for encoding in [Encoding::Gzip, Encoding::Zstd, Encoding::Brotli] {
            let (cache, tighten) = TileCache::new(1 << 20, 1);
            std::thread::spawn(tighten);
            let get = || cache.get_or_draw(digest(7), encoding, DrawingSize::Large, || large(7));
            let cold = get().await.expect("is drawn");
            for _ in 0..HOT {
                get().await.expect("is there");
            }
            let mut now = get().await.expect("is there");
            for _ in 0..1000 {
                if now.bytes.len() < cold.bytes.len() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
                now = cache.tiles.peek(&(digest(7), encoding)).expect("is there");
            }
            assert!(now.bytes.len() < cold.bytes.len(), "{encoding:?}");
            assert_eq!(decompress(&now.bytes, encoding), Some(large(7)));
        }
    }

    #[tokio::test]
    async fn no_request_waits_for_a_tile_that_is_compressed_harder() {
        // Large enough to take seconds.
        let huge = || -> Vec<u8> { (0..600_u32).flat_map(|n| large(n as u8)).collect() };
        let (cache, tighten) = TileCache::new(64 << 20, 1);
        std::thread::spawn(tighten);
        let hot = || cache.get_or_draw(digest(1), Encoding::Brotli, DrawingSize::Large, huge);
        let cold = hot().await.expect("is drawn");
        for _ in 0..HOT {
            hot().await.expect("is there");
        }
        // The thread has taken the tile from the list once there is nothing on it.
        while cache.hot.capacity() < cache.hot.max_capacity() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for number in 2..10 {
            let draw = move || large(number);
            let small = cache.get_or_draw(digest(number), Encoding::Zstd, DrawingSize::Large, draw);
            small.await.expect("the only place is free");
        }
        let still = hot().await.expect("is there");
        assert!(Arc::ptr_eq(&still, &cold), "all were answered meanwhile");
    }
}
