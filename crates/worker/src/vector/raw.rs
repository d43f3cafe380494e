//! What GDAL tells of a feature and the crate `gdal` does not: values that are not set, bytes
//! that are not UTF-8, lists, and booleans. The only unsafe code of this package.
#![allow(unsafe_code, reason = "see the proof at each block")]

use std::ffi::{CStr, c_int};

use gdal::vector::{Feature, LayerAccess};
use gdal_sys::{OGRFieldSubType, OGRFieldType};

/// Returns the index for GDAL, where the feature has such a field.
fn checked(feature: &Feature<'_>, index: usize) -> Option<c_int> {
    (index < feature.field_count())
        .then(|| c_int::try_from(index).ok())
        .flatten()
}

/// Says whether a field has a value: it is neither null nor left out.
pub(crate) fn has_value(feature: &Feature<'_>, index: usize) -> bool {
    checked(feature, index).is_some_and(|index| {
        // SAFETY: the feature is alive while it is borrowed, so its handle is valid; the index
        // is below its number of fields; nothing is kept.
        unsafe { gdal_sys::OGR_F_IsFieldSetAndNotNull(feature.c_feature(), index) != 0 }
    })
}

/// Says whether a feature has a geometry, empty or not.
pub(crate) fn has_geometry(feature: &Feature<'_>) -> bool {
    // SAFETY: the handle is valid as above; the pointer is compared and not kept.
    unsafe { !gdal_sys::OGR_F_GetGeometryRef(feature.c_feature()).is_null() }
}

/// Returns the bytes of a value as text of any encoding.
pub(crate) fn bytes(feature: &Feature<'_>, index: usize) -> Vec<u8> {
    let Some(index) = checked(feature, index) else {
        return Vec::new();
    };
    // SAFETY: handle and index as above. GDAL returns a string that ends with NUL and stays
    // until the feature changes or is asked again: it is copied before either can happen.
    unsafe {
        let text = gdal_sys::OGR_F_GetFieldAsString(feature.c_feature(), index);
        if text.is_null() {
            Vec::new()
        } else {
            CStr::from_ptr(text).to_bytes().to_vec()
        }
    }
}

/// Returns the numbers of a list as they are written in JSON, and nothing for other lists.
pub(crate) fn numbers(
    feature: &Feature<'_>,
    index: usize,
    kind: OGRFieldType::Type,
) -> Vec<String> {
    let Some(index) = checked(feature, index) else {
        return Vec::new();
    };
    let mut count: c_int = 0;
    match kind {
        OGRFieldType::OFTIntegerList => {
            // SAFETY: handle and index as above, and the field is of the type that the function
            // is for; `count` outlives the call.
            let first = unsafe {
                gdal_sys::OGR_F_GetFieldAsIntegerList(feature.c_feature(), index, &mut count)
            };
            // SAFETY: as `copied` wants it.
            unsafe { copied(first, count) }
        }
        OGRFieldType::OFTInteger64List => {
            // SAFETY: as in the first case.
            let first = unsafe {
                gdal_sys::OGR_F_GetFieldAsInteger64List(feature.c_feature(), index, &mut count)
            };
            // SAFETY: as `copied` wants it.
            unsafe { copied(first, count) }
        }
        OGRFieldType::OFTRealList => {
            // SAFETY: as in the first case.
            let first = unsafe {
                gdal_sys::OGR_F_GetFieldAsDoubleList(feature.c_feature(), index, &mut count)
            };
            // SAFETY: as `copied` wants it.
            unsafe { copied(first, count) }
        }
        _ => Vec::new(),
    }
}

/// Copies numbers to text.
///
/// # Safety
/// `first` is null or the first of `count` numbers that stay until this returns: GDAL's list
/// belongs to the feature, which is borrowed and not changed meanwhile.
unsafe fn copied<T: ToString>(first: *const T, count: c_int) -> Vec<String> {
    match usize::try_from(count) {
        Ok(count) if count > 0 && !first.is_null() => {
            // SAFETY: the caller's promise.
            let numbers = unsafe { std::slice::from_raw_parts(first, count) };
            numbers.iter().map(T::to_string).collect()
        }
        _ => Vec::new(),
    }
}

/// Says whether a field of integers holds booleans.
pub(crate) fn is_boolean(layer: &impl LayerAccess, index: usize) -> bool {
    let Ok(index) = c_int::try_from(index) else {
        return false;
    };
    // SAFETY: the layer is alive while it is borrowed, its definition as long as the layer; the
    // definition of the field belongs to it and is not null, as the index is below the count.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(layer.c_layer());
        index < gdal_sys::OGR_FD_GetFieldCount(definition)
            && gdal_sys::OGR_Fld_GetSubType(gdal_sys::OGR_FD_GetFieldDefn(definition, index))
                == OGRFieldSubType::OFSTBoolean
    }
}
