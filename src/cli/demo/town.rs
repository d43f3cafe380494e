//! The folder of a drawn comune, loaded by the ordinary path: layers, plans, acts, norms.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;
use serde::Deserialize;

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::{Databases, in_transaction};
use crate::ingest::{self, LoadRequest, ReadOptions};
use crate::layer::{
    self, ActKind, AsOf, Definitions, NewAct, NewPlanVersion, PlanError, PlanKind, Publish,
    PublishError, Recorded,
};
use crate::place::{self, Comune, NewComune};

use super::super::layer::tell;
use super::super::plan::read_articles;
use super::super::progress::progress;
use super::super::{comune, say};
use super::in_title_case;

const BY: &str = "demonstration";

/// `demo.toml`: what the files of a folder hold, in the order in which they are loaded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    comune: String,
    name: String,
    slug: String,
    srid: i32,
    layer: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    file: String,
    /// Data set of an archive, or layer of a file that has several.
    member: Option<String>,
    /// Version of the plan that it belongs to: published with it, and not before.
    version: Option<String>,
    valid_from: Option<toml::value::Datetime>,
}

/// `comune.toml`: plans, versions, acts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plans {
    format: u32,
    #[serde(default)]
    plan: Vec<PlanEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanEntry {
    slug: String,
    title: String,
    version: Vec<VersionEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionEntry {
    code: String,
    kind: String,
    title: String,
    /// Folder of its articles, and of its perimeter the archive and the data set.
    norms: Option<String>,
    perimeter: Option<String>,
    #[serde(default)]
    act: Vec<ActEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActEntry {
    kind: String,
    number: Option<String>,
    date: toml::value::Datetime,
    body: Option<String>,
    note: Option<String>,
}

/// Loads the folder of a drawn comune; what is loaded already is left as it is.
pub(super) async fn load(
    config: &Config,
    databases: &Databases,
    definitions: &Definitions,
    folder: &Path,
) -> Result<()> {
    let manifest: Manifest = read(&folder.join("demo.toml"))?;
    let plans: Plans = read(&folder.join("comune.toml"))?;
    if manifest.format != 1 || plans.format != 1 {
        bail!(
            "{} was drawn by another version: draw it again",
            folder.display()
        );
    }
    let town = Town {
        config,
        databases,
        definitions,
        folder,
        code: manifest.comune.parse()?,
    };
    town.add(&manifest).await?;
    // Layers of plan versions, with the version of the layer that was loaded for each.
    let mut parts = Vec::new();
    for entry in &manifest.layer {
        let loaded = town.load(entry).await?;
        if let Some(version) = &entry.version {
            parts.push((version.clone(), entry.id.clone(), loaded));
        }
    }
    for plan in &plans.plan {
        for version in &plan.version {
            town.publish(plan, version, &parts).await?;
        }
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as it was written", path.display()))
}

fn day(written: toml::value::Datetime) -> Result<Date> {
    let text = written.to_string();
    text.parse().with_context(|| format!("{text} is no day"))
}

struct Town<'a> {
    config: &'a Config,
    databases: &'a Databases,
    definitions: &'a Definitions,
    folder: &'a Path,
    code: ComuneCode,
}

impl Town<'_> {
    async fn add(&self, manifest: &Manifest) -> Result<()> {
        let known = {
            let mut connection = self.databases.reader.acquire().await?;
            let comuni = place::comuni(&mut connection).await?;
            comuni
                .iter()
                .any(|comune| comune.codes.contains(&self.code))
        };
        if known {
            return Ok(());
        }
        let new = NewComune {
            code: self.code,
            name: in_title_case(&manifest.name),
            slug: Some(manifest.slug.clone()),
            storage_srid: manifest.srid,
        };
        comune::add(self.config, self.databases, new, None).await
    }

    // The boundary of the comune comes with its sheets: it is asked for anew each time.
    async fn comune(&self) -> Result<Comune> {
        comune::find(self.databases, self.code).await
    }

    /// Loads a file and publishes it, unless it belongs to a plan; the version of its layer.
    async fn load(&self, entry: &Entry) -> Result<i32> {
        let file = self
            .definitions
            .get(&entry.id)
            .with_context(|| format!("{} is not defined", entry.id))?;
        let comune = self.comune().await?;
        let (sender, drawing) = progress(format!("Reading for {}", entry.id));
        let path = self.folder.join(&entry.file);
        let is_archive = path.extension().is_some_and(|ending| ending == "zip");
        let (member, layer) = if is_archive {
            (entry.member.clone(), None)
        } else {
            (None, entry.member.clone())
        };
        let request = LoadRequest {
            file: Arc::clone(file),
            comune: comune.clone(),
            files: vec![path.clone()],
            options: ReadOptions {
                member,
                layer,
                ..ReadOptions::default()
            },
            publish: entry.version.is_none() && entry.valid_from.is_none(),
            by: BY.to_owned(),
            progress: sender,
        };
        let outcome = ingest::load(self.config, self.databases, request).await;
        drawing.abort();
        let outcome = outcome.with_context(|| path.display().to_string())?;
        if outcome.report.has_errors() {
            tell(file, &comune.name, &outcome)?;
            bail!("{} has errors", path.display());
        }
        // The mismatches of the drawn town are meant: who wants to read of them asks for a report.
        say(&format!(
            "{}, {}: {}",
            entry.id,
            comune.name,
            if outcome.identical {
                "loaded already".to_owned()
            } else {
                format!("{} features", outcome.report.features)
            }
        ))?;
        if let Some(written) = entry.valid_from {
            let publish = Publish {
                version: Some(outcome.version),
                valid_from: Some(day(written)?),
                by: BY.to_owned(),
                ..Publish::default()
            };
            let (file, id) = (Arc::clone(file), comune.id);
            let done: Result<Recorded, PublishError> =
                in_transaction(&self.databases.writer, move |tx| {
                    Box::pin(
                        async move { layer::publish_on(tx, &file.definition, id, &publish).await },
                    )
                })
                .await;
            done?;
        }
        Ok(outcome.version)
    }

    async fn has_version(&self, plan: &PlanEntry, version: &VersionEntry) -> Result<bool> {
        let here = [self.comune().await?.id];
        let mut connection = self.databases.reader.acquire().await?;
        let today = AsOf::day_of(jiff::Timestamp::now());
        let versions = layer::plan_versions(&mut connection, today, Some(&here)).await?;
        Ok(versions
            .iter()
            .any(|known| known.plan == plan.slug && known.code == version.code))
    }

    /// Records a version with its parts, acts and norms, and publishes it: in one transaction.
    async fn publish(
        &self,
        plan: &PlanEntry,
        version: &VersionEntry,
        parts: &[(String, String, i32)],
    ) -> Result<()> {
        if self.has_version(plan, version).await? {
            return Ok(());
        }
        let comune = self.comune().await?;
        let perimeter = match &version.perimeter {
            None => None,
            Some(path) => {
                let path = self.folder.join(path);
                let member = Some("PERIMETRO.shp".to_owned());
                let read = ingest::read_perimeter(self.config, path, member, comune.storage_srid);
                Some(read.await?.1)
            }
        };
        let norms = match &version.norms {
            Some(folder) => read_articles(&[self.folder.join(folder)])?,
            None => Vec::new(),
        };
        let parts: Vec<(String, i32)> = parts
            .iter()
            .filter(|(code, _, _)| *code == version.code)
            .map(|(_, layer, loaded)| (layer.clone(), *loaded))
            .collect();
        let new = NewPlanVersion {
            territory_id: comune.id,
            plan: plan.slug.clone(),
            plan_title: plan.title.clone(),
            code: version.code.clone(),
            kind: PlanKind::from_word(&version.kind).context("a kind of version")?,
            title: version.title.clone(),
            perimeter,
            by: BY.to_owned(),
        };
        let acts = version.act.iter().map(act).collect::<Result<Vec<_>>>()?;
        let (id, name) = (comune.id, (plan.slug.clone(), version.code.clone()));
        let done: Result<(), PlanError> = in_transaction(&self.databases.writer, move |tx| {
            Box::pin(async move {
                let name = (name.0.as_str(), name.1.as_str());
                layer::create_plan_version(tx, &new).await?;
                for (part, loaded) in &parts {
                    layer::add_plan_part(tx, id, name, part, Some(*loaded), BY).await?;
                }
                for act in &acts {
                    layer::record_plan_act(tx, id, name, act, BY).await?;
                }
                if !norms.is_empty() {
                    layer::add_norm(tx, id, name, &norms, None, BY).await?;
                }
                layer::publish_plan(tx, id, name, None, BY, None).await
            })
        })
        .await;
        done?;
        say(&format!("{}: published.", version.title))
    }
}

fn act(entry: &ActEntry) -> Result<NewAct> {
    Ok(NewAct {
        kind: ActKind::from_word(&entry.kind)
            .with_context(|| format!("'{}' is no kind of act", entry.kind))?,
        number: entry.number.clone(),
        date: day(entry.date)?,
        body: entry.body.clone(),
        note: entry.note.clone(),
    })
}

/// Folders of drawn comuni in a folder: those that hold a manifest, in the order of their names.
pub(super) fn folders(out: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("{} cannot be read", out.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(out).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.join("demo.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
