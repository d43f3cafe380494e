//! Asks the configured server for a picture, and for nothing else.

use std::time::Duration;

use ureq::Agent;

use crate::config::ImagerySettings;
use crate::geo::TileAddress;

use super::{Error, Picture};

/// Time for a whole answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of a picture at most; one of 256 pixels a side has some tens of thousands.
const MAX_BYTES: u64 = 2_000_000;

pub(super) struct Fetch {
    agent: Agent,
    template: String,
}

impl Fetch {
    pub(super) fn new(settings: &ImagerySettings) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // A redirect could lead anywhere, also into the network behind this server.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // Settings come from one place, and this is not it.
            .proxy(None)
            .user_agent("Mappale")
            .build();
        Self {
            agent: config.into(),
            template: settings.url.clone(),
        }
    }

    pub(super) fn get(&self, tile: TileAddress) -> Result<Picture, Error> {
        let upstream = |reason: String| Error::Upstream { tile, reason };
        let url = self
            .template
            .replace("{z}", &tile.z().to_string())
            .replace("{x}", &tile.x().to_string())
            .replace("{y}", &tile.y().to_string());
        let mut answer = self
            .agent
            .get(&url)
            .call()
            .map_err(|e| upstream(e.to_string()))?;
        match answer.status().as_u16() {
            200 => {}
            204 | 404 | 410 => return Err(Error::Absent { tile }),
            status => return Err(upstream(format!("status {status}"))),
        }
        let bytes = answer
            .body_mut()
            .with_config()
            .limit(MAX_BYTES)
            .read_to_vec()
            .map_err(|error| upstream(error.to_string()))?;
        Picture::of(bytes).ok_or_else(|| upstream("the answer is no picture".to_owned()))
    }
}
