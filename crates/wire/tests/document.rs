//! A document is read as untrusted.

use wire::{
    Content, Dataset, Document, DocumentError, DocumentLimits, Inspection, LayerInspection,
    Unpacked, UnpackedFile,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn read(document: &Document) -> Result<Document, DocumentError> {
    let text = serde_json::to_vec(document)?;
    Document::read(&text[..], &DocumentLimits::default())
}

#[test]
fn a_document_comes_back() -> Outcome {
    let layer = LayerInspection {
        name: "zone".into(),
        extent: Some([1.5, 2.5, 3.5, 4.5]),
        ..LayerInspection::default()
    };
    let document = Document::new(Content::Inspection(Inspection {
        driver: "GPKG".into(),
        layers: vec![layer],
        findings: Vec::new(),
    }));
    assert_eq!(read(&document)?, document);
    Ok(())
}

#[test]
fn too_long_or_other_documents_are_refused() -> Outcome {
    let mut document = Document::new(Content::Inspection(Inspection::default()));
    let text = serde_json::to_vec(&document)?;
    let limits = DocumentLimits { bytes: 10 };
    let read_short = Document::read(&text[..], &limits);
    assert!(matches!(read_short, Err(DocumentError::Limit(10))));
    document.format = 1;
    assert!(matches!(read(&document), Err(DocumentError::Format(1))));
    let cut = Document::read(&text[..text.len() - 1], &DocumentLimits::default());
    assert!(matches!(cut, Err(DocumentError::Json(_))));
    Ok(())
}

#[test]
fn paths_stay_in_their_folder() -> Outcome {
    let unpacked = |path: &str, files: Vec<u32>| {
        Document::new(Content::Unpacked(Unpacked {
            files: vec![UnpackedFile {
                original: "../Zóne.SHP".into(),
                path: "0001.shp".into(),
                bytes: 1,
            }],
            datasets: vec![Dataset {
                name: "Zóne".into(),
                driver: "ESRI Shapefile".into(),
                path: path.into(),
                files,
                missing: Vec::new(),
            }],
            findings: Vec::new(),
        }))
    };
    for path in ["0001.shp", "0001.gdb/a0001.gdbtable"] {
        let document = unpacked(path, vec![0]);
        assert_eq!(read(&document)?, document);
    }
    for path in [
        "", "/a", "a/../b", "../a", "a//b", "a/", ".a", "A", "a\\b", "a\n", "è",
    ] {
        let document = unpacked(path, vec![0]);
        assert!(
            matches!(read(&document), Err(DocumentError::Path(_))),
            "{path}"
        );
    }
    let document = unpacked("a", vec![1]);
    assert!(matches!(read(&document), Err(DocumentError::Path(_))));
    Ok(())
}
