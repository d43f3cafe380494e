//! A file that is open: layers, fields, rows, whoever reads it.

use std::path::Path;

use gdal_sys::OGRFieldType;
use wire::{CrsInspection, EncodingSource, FieldType};

use super::csv::Table;
use super::driver::Driver;
use super::encoding::Encoding;
use super::through_gdal::GdalFile;
use crate::failure::{Failure, Stop};

/// A field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    /// Its type for GDAL.
    pub(crate) raw: OGRFieldType::Type,
}

/// What is known of a layer without reading its rows.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) crs: Option<CrsInspection>,
    /// Rows, where the file says so.
    pub(crate) rows: Option<u64>,
}

/// A row of a layer.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its place in the layer, from 1.
    pub(crate) number: u64,
    pub(crate) values: Vec<Option<String>>,
    /// Its geometry as well-known binary.
    pub(crate) geometry: Option<Vec<u8>>,
    /// A value has bytes without a meaning in the encoding.
    pub(crate) is_garbled: bool,
}

/// An open file.
pub(crate) enum Source {
    /// Read by GDAL.
    Gdal(GdalFile),
    /// Text with separators, read by ourselves.
    Csv(Table),
}

impl Source {
    /// Opens a file with one driver, after its checks.
    pub(crate) fn open(
        path: &Path,
        driver: Driver,
        declared: Option<Encoding>,
    ) -> Result<Self, Failure> {
        match driver {
            Driver::Csv => Table::open(path, declared).map(Self::Csv),
            _ => GdalFile::open(path, driver, declared).map(Self::Gdal),
        }
    }

    /// Returns the number of layers.
    pub(crate) fn layers(&self) -> usize {
        match self {
            Self::Gdal(file) => file.layers(),
            Self::Csv(_) => 1,
        }
    }

    /// Returns how text is read, where the format leaves that open, and how that is known.
    pub(crate) fn encoding(&self) -> Option<(Encoding, EncodingSource)> {
        match self {
            Self::Gdal(file) => file.encoding,
            Self::Csv(table) => Some(table.encoding),
        }
    }

    /// Returns what is known of a layer.
    pub(crate) fn head(&self, index: usize) -> Result<Head, Failure> {
        match self {
            Self::Gdal(file) => file.head(index),
            Self::Csv(table) => Ok(table.head()),
        }
    }

    /// Hands over the rows of a layer.
    pub(crate) fn rows(
        &self,
        index: usize,
        fields: &[Field],
        take: impl FnMut(Row) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        match self {
            Self::Gdal(file) => file.rows(index, fields, take),
            Self::Csv(table) => table.rows(take),
        }
    }
}
