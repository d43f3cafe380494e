//! Pictures from the air: a WMTS that the municipality names, asked by this server and kept.
//!
//! The page asks this server alone. Only the configured host is asked, redirects are not
//! followed, and a picture has a limit of bytes and of time. What was fetched is kept on disk
//! within a bound, so that the map goes on when the other server does not.

mod cache;
mod fetch;

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::config::ImagerySettings;
use crate::geo::TileAddress;

use cache::Cache;
use fetch::Fetch;

/// Requests to the other server at once.
const AT_ONCE: usize = 8;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other server has no such picture.
    #[error("the server of the pictures has none at {tile}")]
    Absent {
        /// Address of the picture.
        tile: TileAddress,
    },
    /// The other server does not answer, or not with a picture.
    #[error("the server of the pictures gives none at {tile}: {reason}")]
    Upstream {
        /// Address of the picture.
        tile: TileAddress,
        /// What came instead.
        reason: String,
    },
    /// Too many pictures are being fetched already.
    #[error("too many pictures are being fetched")]
    Busy,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its type: `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: &'static str,
}

impl Picture {
    /// Bytes that are a picture by their first ones, whatever anybody says they are.
    fn of(bytes: Vec<u8>) -> Option<Self> {
        let media_type = match bytes.as_slice() {
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => "image/webp",
            _ => return None,
        };
        Some(Self { bytes, media_type })
    }
}

/// The pictures of an installation; cheap to clone.
#[derive(Clone)]
pub struct Imagery {
    settings: Arc<ImagerySettings>,
    fetch: Arc<Fetch>,
    cache: Arc<Cache>,
    places: Arc<Semaphore>,
}

impl Imagery {
    /// Opens the pictures that are configured, with what was kept of them.
    pub fn open(settings: &ImagerySettings) -> Self {
        Self {
            settings: Arc::new(settings.clone()),
            fetch: Arc::new(Fetch::new(settings)),
            cache: Arc::new(Cache::open(settings)),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Whose pictures they are, for the map's attribution.
    pub fn credit(&self) -> &str {
        &self.settings.credit
    }

    /// Deepest zoom that there are pictures of.
    pub fn max_zoom(&self) -> u8 {
        self.settings.max_zoom
    }

    /// A picture: the one that was kept, or else from the other server.
    ///
    /// A kept one that is old is fetched again, and still good when that fails.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn picture(&self, tile: TileAddress) -> Result<Picture, Error> {
        let interrupted = |_| Error::Upstream {
            tile,
            reason: "the work was interrupted".to_owned(),
        };
        let cache = Arc::clone(&self.cache);
        let kept = tokio::task::spawn_blocking(move || cache.get(tile))
            .await
            .map_err(interrupted)?;
        if let Some(kept) = &kept
            && kept.is_fresh
        {
            return Ok(kept.picture.clone());
        }
        let fetched = match self.places.clone().try_acquire_owned() {
            Err(_) => Err(Error::Busy),
            Ok(place) => {
                let (fetch, cache) = (Arc::clone(&self.fetch), Arc::clone(&self.cache));
                tokio::task::spawn_blocking(move || {
                    let picture = fetch.get(tile)?;
                    drop(place);
                    if let Err(error) = cache.put(tile, &picture) {
                        tracing::warn!(%tile, %error, "a picture could not be kept");
                    }
                    Ok(picture)
                })
                .await
                .map_err(interrupted)?
            }
        };
        match (fetched, kept) {
            (Err(error), Some(kept)) => {
                tracing::debug!(%error, "an old picture is given");
                Ok(kept.picture)
            }
            (fetched, _) => fetched,
        }
    }
}
