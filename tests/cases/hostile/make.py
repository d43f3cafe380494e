#!/usr/bin/env python3
"""Makes the hostile and broken files of `expected.toml` in a folder, the same ones every time.

    make.py FOLDER CANARY PORT

CANARY is the path of a file outside FOLDER whose content must never be seen in an answer; PORT a
port of this machine on which somebody counts connections. Only Python's own library is used. All
names are invented.
"""
import io
import json
import math
import sqlite3
import struct
import sys
import zipfile
from pathlib import Path

OUT, CANARY, PORT = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
SINK = f"http://127.0.0.1:{PORT}"
# A square of 100 m in Borgochiaro: degrees, and metres in EPSG:7791.
LON, LAT = 9.3648, 45.6074
E, N = 528400.0, 5050400.0


def put(name, content):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- GeoJSON ------------------------------------------------------------------------------
def ring(x=LON, y=LAT, d=0.001):
    return [[x, y], [x + d, y], [x + d, y + d], [x, y + d], [x, y]]


def feature(geometry, **properties):
    properties = {"CODICE": "1", "NOME": "Prato"} | properties
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", **more, "features": list(features)})


def geojson(name, *geometries):
    put(name, collection(*(feature(g, CODICE=str(i)) for i, g in enumerate(geometries, 1))))


# --- Shapefile ----------------------------------------------------------------------------
PRJ = ('PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",'
       'SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],'
       'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
       'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
       'PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],'
       'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]')


def square(x=E, y=N, d=100.0):
    """Clockwise, as the exterior ring of a shapefile."""
    return [(x, y), (x, y + d), (x + d, y + d), (x + d, y), (x, y)]


def record(rings, kind=5, z=None):
    points = [p for r in rings for p in r]
    xs, ys = [p[0] for p in points] or [0], [p[1] for p in points] or [0]
    body = struct.pack("<i4d2i", kind, min(xs), min(ys), max(xs), max(ys), len(rings), len(points))
    start = 0
    for r in rings:
        body += struct.pack("<i", start)
        start += len(r)
    for x, y in points:
        body += struct.pack("<2d", x, y)
    if z is not None:
        body += struct.pack("<2d", z, z) + struct.pack(f"<{len(points)}d", *[z] * len(points))
    return body


def shp(records, kind=5):
    main, index, offset = b"", b"", 50
    for number, body in enumerate(records, 1):
        words = len(body) // 2
        main += struct.pack(">2i", number, words) + body
        index += struct.pack(">2i", offset, words)
        offset += 4 + words

    def head(words):
        return (struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words)
                + struct.pack("<2i8d", 1000, kind, E, N, E + 1000, N + 1000, 0, 0, 0, 0))
    return head(50 + len(main) // 2) + main, head(50 + len(index) // 2) + index


def dbf(fields, rows, ldid=0, coding="utf-8"):
    """`fields`: (name, type, length); every value is text that fits."""
    size = 1 + sum(f[2] for f in fields)
    out = struct.pack("<B3BIHH16xBB2x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), size, 0, ldid)
    out = struct.pack("<B3BIHH", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), size) + bytes(17) + bytes([ldid]) + bytes(2)
    for name, kind, length in fields:
        out += name.encode(coding)[:11].ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([length, 0]) + bytes(14)
    out += b"\r"
    for row in rows:
        out += b" "
        for value, (_, _, length) in zip(row, fields):
            value = value if isinstance(value, bytes) else value.encode(coding)
            out += value[:length].ljust(length)
    return out + b"\x1a"


FIELDS = [("CODICE", "C", 10), ("NOME", "C", 40)]


def shapefile(stem, records=None, fields=FIELDS, rows=(("1", "Prato"),), prj=PRJ, cpg="UTF-8",
              ext=("shp", "shx", "dbf", "prj", "cpg"), kind=5, ldid=0, coding="utf-8"):
    main, index = shp([record([square()])] * len(rows) if records is None else records, kind)
    parts = {"shp": main, "shx": index, "dbf": dbf(fields, list(rows), ldid, coding)}
    if prj is not None:
        parts["prj"] = prj.encode()
    if cpg is not None:
        parts["cpg"] = cpg.encode()
    out = {}
    for e in ext:
        if e.lower() in parts:
            out[f"{stem}.{e}"] = parts[e.lower()]
    return out


def put_all(files):
    for name, content in files.items():
        put(name, content)


def zipped(name, files, method=zipfile.ZIP_DEFLATED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for inner, content in files.items():
            info = zipfile.ZipInfo(inner, (2026, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, content)
    put(name, memory.getvalue())
    return memory.getvalue()


# --- GeoPackage ---------------------------------------------------------------------------
def blob(wkb, srs=7791):
    return b"GP\0\1" + struct.pack("<i", srs) + wkb


def wkb_polygon(rings):
    out = struct.pack("<BII", 1, 3, len(rings))
    for r in rings:
        out += struct.pack("<I", len(r)) + b"".join(struct.pack("<2d", *p) for p in r)
    return out


def gpkg(name, rows=None, srs=7791, kind="POLYGON", table="strati", sql="", columns="CODICE TEXT, NOME TEXT"):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(f"""
      pragma application_id = 1196444487; pragma user_version = 10300;
      create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key,
        organization text not null, organization_coordsys_id integer not null,
        definition text not null, description text);
      insert into gpkg_spatial_ref_sys values
        ('Undefined cartesian', -1, 'NONE', -1, 'undefined', null),
        ('Undefined geographic', 0, 'NONE', 0, 'undefined', null),
        ('RDN2008 / UTM zone 32N', 7791, 'EPSG', 7791, 'undefined', null),
        ('RDN2008 / UTM zone 33N', 7792, 'EPSG', 7792, 'undefined', null);
      create table gpkg_contents (table_name text primary key, data_type text not null,
        identifier text unique, description text default '', last_change text,
        min_x double, min_y double, max_x double, max_y double, srs_id integer);
      create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text,
        srs_id integer, z tinyint, m tinyint);
      create table "{table}" (fid integer primary key, geom blob, {columns});
      insert into gpkg_contents (table_name, data_type, identifier, last_change, srs_id)
        values ('{table}', 'features', '{table}', '2026-01-01T00:00:00Z', {srs});
      insert into gpkg_geometry_columns values ('{table}', 'geom', '{kind}', {srs}, 0, 0);
    """)
    rows = [(blob(wkb_polygon([square()]), srs), "1", "Prato")] if rows is None else rows
    for row in rows:
        db.execute(f'insert into "{table}" values (null, {",".join("?" * len(row))})', row)
    if sql:
        db.executescript(sql)
    db.commit()
    db.execute("vacuum")
    db.close()


# --- 1-3 files that name other files, addresses, databases ----------------------------------
def vrt(source, sql=""):
    return (f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource>{sql}'
            "<SrcLayer>x</SrcLayer></OGRVRTLayer></OGRVRTDataSource>")


RAW = (f'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1" '
       f'subClass="VRTRawRasterBand"><SourceFilename>{CANARY}</SourceFilename></VRTRasterBand></VRTDataset>')
for extension in ["shp", "gpkg", "geojson", "csv", "kml", "gml", "dxf", "tab"]:
    put(f"01_vrt_as.{extension}", vrt(CANARY))
put("01_raw_as.tif", RAW)
put("01_vrt_bom.geojson", "\ufeff" + vrt(CANARY))
put("02_wfs.xml", f"<OGRWFSDataSource><URL>{SINK}/wfs</URL></OGRWFSDataSource>")
put("02_wms.gml", f'<GDAL_WMS><Service name="WMS"><ServerUrl>{SINK}/wms</ServerUrl></Service></GDAL_WMS>')
put("02_vsicurl.gml", vrt(f"/vsicurl/{SINK}/x.geojson"))
put("02_vsicurl_zip.gml", vrt(f"/vsizip/vsicurl/{SINK}/x.zip"))
put("02_schema.gml", '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{SINK} {SINK}/x.xsd">'
    "</gml:FeatureCollection>")
put("02_crs_link.geojson", collection(feature(polygon(ring())), crs={
    "type": "link", "properties": {"href": f"{SINK}/crs", "type": "proj4"}}))
put("03_postgres.gml", vrt("PG:host=127.0.0.1 dbname=postgres",
    "<SrcSQL>select pg_read_file('/etc/passwd')</SrcSQL>"))
put("03_postgres.csv", vrt("PG:service=x", "<SrcSQL>copy (select 1) to program 'id'</SrcSQL>"))

# --- 4 code in a GeoPackage -----------------------------------------------------------------
gpkg("04_endless_view.gpkg", sql="""
  create view sempre as with recursive c(x) as (select 1 union all select x + 1 from c)
    select x as fid, x as CODICE from c;
  insert into gpkg_contents (table_name, data_type, identifier) values ('sempre', 'attributes', 'sempre');""")
gpkg("04_zeroblob.gpkg", sql="create view grande as select zeroblob(1000000000) as geom;")
gpkg("04_trigger.gpkg", sql="create trigger t after insert on strati begin delete from strati; end;")
gpkg("04_virtual.gpkg", sql="create virtual table f using fts4(a);")
gpkg("04_table_is_view.gpkg", sql="""alter table strati rename to vera;
  create view strati as select * from vera;""")
put("04_no_sqlite.gpkg", b"SQLite format 3\0" + bytes(84))
gpkg("04_cut.gpkg")
(OUT / "04_cut.gpkg").write_bytes((OUT / "04_cut.gpkg").read_bytes()[:9000])

# --- 5, 6 XML -------------------------------------------------------------------------------
def gml(head="", body="", coding="UTF-8"):
    return (f'<?xml version="1.0" encoding="{coding}"?>{head}<gml:FeatureCollection '
            f'xmlns:gml="http://www.opengis.net/gml">{body}</gml:FeatureCollection>')


put("05_doctype.gml", gml("<!DOCTYPE x>"))
put("05_xxe.gml", gml(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{CANARY}">]>', "<n>&e;</n>"))
put("05_xxe_net.kml", f'<!DOCTYPE kml [<!ENTITY e SYSTEM "{SINK}/e">]><kml>&e;</kml>')
put("05_parameter.gml", gml(f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{SINK}/p.dtd"> %p;]>'))
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
put("05_laughs.gml", gml(f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "<n>&l9;</n>"))
put("05_utf16.gml", gml(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{CANARY}">]>', "<n>&e;</n>", "UTF-16").encode("utf-16"))
put("05_deep.gml", gml(body="<a>" * 100_000 + "</a>" * 100_000))
put("05_malformed.gml", gml(body="<gml:featureMember><a></b>"))
put("05_cut.kml", '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>')
KML = ('<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}<Placemark><name>Prato</name>'
       '<Polygon><outerBoundaryIs><LinearRing><coordinates>9.36,45.6 9.37,45.6 9.37,45.61 9.36,45.6'
       "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>")
put("06_network_link.kml", KML.format(f"<NetworkLink><Link><href>{SINK}/l.kml</href></Link></NetworkLink>"))
put("06_overlay.kml", KML.format(f"<GroundOverlay><Icon><href>{SINK}/i.png</href></Icon></GroundOverlay>"))

# --- 7, 8 shapefiles ------------------------------------------------------------------------
put_all(shapefile("07_prj_large", prj=PRJ + " " * 1_000_000))
put_all(shapefile("07_prj_nested", prj="PROJCS[" * 2_000 + '"x"' + "]" * 2_000))
put_all(shapefile("07_prj_words", prj="sistema di riferimento: quello solito"))
files = shapefile("08_parts")
body = bytearray(files["08_parts.shp"])
struct.pack_into("<i", body, 100 + 8 + 36, 2**31 - 1)
put_all(files | {"08_parts.shp": bytes(body)})
files = shapefile("08_points")
body = bytearray(files["08_points.shp"])
struct.pack_into("<i", body, 100 + 8 + 40, 2**30)
put_all(files | {"08_points.shp": bytes(body)})
files = shapefile("08_length")
body = bytearray(files["08_length.shp"])
struct.pack_into(">i", body, 24, 2**30)
put_all(files | {"08_length.shp": bytes(body)})
files = shapefile("08_shx_cut", rows=(("1", "Prato"), ("2", "Bosco")))
put_all(files | {"08_shx_cut.shx": files["08_shx_cut.shx"][:104]})
files = shapefile("08_dbf_lies")
body = bytearray(files["08_dbf_lies.dbf"])
struct.pack_into("<I", body, 4, 1_000_000)
put_all(files | {"08_dbf_lies.dbf": bytes(body)})
files = shapefile("08_dbf_field")
body = bytearray(files["08_dbf_field.dbf"])
body[32 + 16] = 255
put_all(files | {"08_dbf_field.dbf": bytes(body)})
files = shapefile("08_cut")
put_all(files | {"08_cut.shp": files["08_cut.shp"][:150]})

# --- 9, 10 archives -------------------------------------------------------------------------
SHAPE = shapefile("prati")
zipped("09_slip.zip", {"../../09_escaped.txt": "out", **SHAPE})
zipped("09_absolute.zip", {"/tmp/09_escaped.txt": "out", **SHAPE})
zipped("09_backslash.zip", {"..\\..\\09_escaped.txt": "out", **SHAPE})
zipped("09_drive.zip", {"C:\\09_escaped.txt": "out", **SHAPE})
memory = io.BytesIO()
with zipfile.ZipFile(memory, "w") as archive:
    info = zipfile.ZipInfo("prati.shp", (2026, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o120777 << 16
    archive.writestr(info, CANARY)
    for n in ("prati.dbf", "prati.shx"):
        archive.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), SHAPE[n])
put("09_symlink.zip", memory.getvalue())
memory = io.BytesIO()
with zipfile.ZipFile(memory, "w") as archive:
    import warnings
    warnings.simplefilter("ignore")
    for _ in range(2):
        for n, content in SHAPE.items():
            archive.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), content)
put("09_twice.zip", memory.getvalue())
zipped("10_flat.zip", {"prati.geojson": bytes(300_000_000)})
inner = zipped("10_part.zip", {"zeri.txt": bytes(30_000_000)})
zipped("10_nested.zip", {f"{i}.zip": inner for i in range(50)})
zipped("10_many.zip", {f"{i:06}.txt": "" for i in range(70_000)}, zipfile.ZIP_STORED)
data = bytearray(zipped("10_overlap.zip", {f"{i}.txt": b"uno" for i in range(3)}, zipfile.ZIP_STORED))
start = data.index(b"PK\x01\x02")
for _ in range(3):
    struct.pack_into("<I", data, start + 42, 0)
    start = data.find(b"PK\x01\x02", start + 4)
put("10_overlap.zip", bytes(data))
deep = zipped("10_deep.zip", SHAPE)
for _ in range(12):
    deep = zipped("10_deep.zip", {"dentro.zip": deep})
put("10_cut.zip", inner[:200])
locked = bytearray(zipped("10_encrypted.zip", {"prati.geojson": "{}"}))
# The mark of encryption stands before the entry and in the list at the end.
for mark in (6, locked.index(b"PK\x01\x02") + 8):
    locked[mark] |= 1
put("10_encrypted.zip", bytes(locked))
zipped("10_empty.zip", {})

# --- 11-14 geometry -------------------------------------------------------------------------
def circle(count, x=LON, y=LAT, r=0.001):
    points = [[round(x + r * math.cos(2 * math.pi * i / count), 9),
               round(y + r * math.sin(2 * math.pi * i / count), 9)] for i in range(count)]
    return points + points[:1]


def star(count):
    return [[LON + 0.001 * math.cos(4 * math.pi * i * ((count - 1) // 2) / count),
             LAT + 0.001 * math.sin(4 * math.pi * i * ((count - 1) // 2) / count)] for i in range(count)] + [
            [LON + 0.001, LAT]]


geojson("11_vertices.geojson", polygon(circle(1_200_000)))
put("11_vertices.csv", "CODICE;NOME;WKT\n1;Prato;\"POLYGON((" + ",".join(
    f"{x} {y}" for x, y in circle(1_200_000)) + "))\"\n")
for count in (251, 2001, 10001):
    geojson(f"12_star_{count}.geojson", polygon(star(count)))
for name, number in [("nan", "NaN"), ("inf", "Infinity"), ("1e308", "1e308"), ("1e400", "1e400")]:
    put(f"13_{name}.geojson", collection(feature(polygon(ring()))).replace("45.6074", number))
put("13_nan.csv", "CODICE;NOME;LON;LAT\n1;Prato;NaN;45.6\n2;Bosco;9.36;inf\n")
gpkg("13_nan.gpkg", rows=[(blob(wkb_polygon([[(float("nan"), 0), (1, 0), (1, 1), (0, 0)]])), "1", "Prato")])
put("13_out_of_range.geojson", collection(feature(polygon(ring(200, 95)))))
nested = polygon(ring())
for _ in range(1000):
    nested = {"type": "GeometryCollection", "geometries": [nested]}
sys.setrecursionlimit(10_000)
geojson("14_deep.geojson", nested)
geojson("14_empty.geojson", polygon(), {"type": "MultiPolygon", "coordinates": []})
geojson("14_null.geojson", None, polygon(ring()))
geojson("14_bow_tie.geojson", polygon([[LON, LAT], [LON + .001, LAT + .001], [LON + .001, LAT], [LON, LAT + .001], [LON, LAT]]))
geojson("14_short.geojson", polygon([[LON, LAT], [LON + .001, LAT], [LON, LAT]]))
geojson("14_open.geojson", polygon(ring()[:-1]))
geojson("14_hole_outside.geojson", polygon(ring(), ring(LON + .01)))
geojson("14_double_ring.geojson", polygon(ring(), ring()))
geojson("14_spike.geojson", polygon([[LON, LAT], [LON + .001, LAT], [LON + .002, LAT], [LON + .001, LAT], [LON + .001, LAT + .001], [LON, LAT]]))
geojson("14_mixed.geojson", polygon(ring()), {"type": "Point", "coordinates": [LON, LAT]}, {"type": "LineString", "coordinates": ring()})
geojson("14_collection.geojson", {"type": "GeometryCollection", "geometries": [polygon(ring()), {"type": "Point", "coordinates": [LON, LAT]}]})
put_all(shapefile("14_z", records=[record([square()], 15, -9999.0)], kind=15))
put_all(shapefile("14_counterclockwise", records=[record([square()[::-1]])]))
gpkg("14_wkb_cut.gpkg", rows=[(blob(wkb_polygon([square()])[:40]), "1", "Prato")])
gpkg("14_wkb_lies.gpkg", rows=[(blob(struct.pack("<BIII", 1, 3, 1, 2**31 - 1)), "1", "Prato")])
gpkg("14_wkb_type.gpkg", rows=[(blob(struct.pack("<BII", 1, 99, 0)), "1", "Prato")])
gpkg("14_no_geometry.gpkg", rows=[(None, "1", "Prato")])
gpkg("14_curve.gpkg", kind="CURVEPOLYGON", rows=[(blob(struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 3)
     + struct.pack("<6d", E, N, E + 50, N + 50, E, N)), "1", "Prato")])

# --- 15 text --------------------------------------------------------------------------------
PLACE = "Località Ca' d'Oro €"
put_all(shapefile("15_cp1252_told", rows=(("1", PLACE),), cpg="1252", coding="cp1252"))
put_all(shapefile("15_cp1252_untold", rows=(("1", PLACE),), cpg=None, coding="cp1252"))
put_all(shapefile("15_cp1252_ldid", rows=(("1", PLACE),), cpg=None, coding="cp1252", ldid=0x57))
put_all(shapefile("15_not_utf8", rows=(("1", PLACE),), cpg="UTF-8", coding="cp1252"))
put_all(shapefile("15_unknown_cpg", cpg="KLINGON"))
put("15_not_utf8.geojson", collection(feature(polygon(ring()), NOME="Localit\\xe0")).encode().replace(b"\\\\xe0", b"\xe0"))
put("15_nul.geojson", collection(feature(polygon(ring()), NOME="Pra\0to")))
put("15_bidi.geojson", collection(feature(polygon(ring()), NOME="\u202eotarP\u202c")))
put("15_utf16.csv", "CODICE;NOME;LON;LAT\n1;Località;9.36;45.6\n".encode("utf-16"))
put("15_escape.geojson", collection(feature(polygon(ring()), NOME="\x1b[31mrosso\x1b[0m")))

# --- traps of every day (names, missing companions, coordinates) ------------------------------
put_all(shapefile("20_upper", ext=("SHP", "SHX", "Dbf", "PRJ", "CPG")))
put_all(shapefile("20_no_prj", prj=None))
put_all(shapefile("20_no_cpg", cpg=None))
put_all(shapefile("20_no_shx", ext=("shp", "dbf", "prj")))
put_all(shapefile("20_no_dbf", ext=("shp", "shx", "prj")))
put_all(shapefile("20_l'accentò città"))
zipped("20_zip_in_zip.zip", {"dentro.zip": zipped("20_inner.zip", SHAPE)})
zipped("20_folders.zip", {f"Piano 2026/Tavola n° 1/{n}": c for n, c in SHAPE.items()})
zipped("20_two.zip", SHAPE | shapefile("boschi"))
zipped("20_only_pdf.zip", {"relazione.pdf": "%PDF-1.7\n%%EOF"})
put_all(shapefile("21_collision", fields=[("DESCRIZION", "C", 10), ("DESCRIZION", "C", 10)], rows=(("a", "b"),)))
put_all(shapefile("21_space", fields=[("COD ZONA", "C", 10), ("NOME", "C", 10)], rows=(("B1", "b"),)))
put_all(shapefile("21_zeros", fields=[("FOGLIO", "C", 4), ("ISTAT", "C", 6)], rows=(("0012", "017029"),)))
put_all(shapefile("21_dates", fields=[("CODICE", "C", 4), ("DATA", "D", 8)], rows=(("1", "00000000"), ("2", "")),
        records=[record([square()]), record([square(E + 200)])]))
put_all(shapefile("21_number", fields=[("CODICE", "C", 4), ("AREA", "N", 10)], rows=(("1", "*" * 10),)))
gpkg("22_srs_minus1.gpkg", srs=-1)
gpkg("22_srs_0.gpkg", srs=0)
gpkg("22_zone_33.gpkg", srs=7792)
put_all(shapefile("22_millimetres", records=[record([square(E * 1000, N * 1000, 100_000)])]))
geojson("22_swapped.geojson", polygon([[y, x] for x, y in ring()]))
gpkg("23_empty_layer.gpkg", rows=[])
put("23_zero.geojson", "")
put("23_zero.gpkg", "")
put("23_zero.shp", "")
put("23_zero.zip", "")
put("23_spaces.gml", " " * 100)
put("23_pdf.pdf", "%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF")
put("23_pdf_as.geojson", "%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF")
put("23_word.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
put("23_image.png", b"\x89PNG\r\n\x1a\n" + bytes(32))
put("23_binary.csv", bytes(range(256)) * 8)
put("23_no_coordinates.csv", "CODICE;NOME\n1;Prato\n")
put("23_ragged.csv", "CODICE;NOME;LON;LAT\n1;Prato;9.36;45.6\n2;Bosco\n3;a;b;c;d;e\n")
put("23_empty_features.geojson", collection())
put("23_no_features.geojson", '{"type":"FeatureCollection"}')
put("23_array.geojson", "[" * 50_000)
put("23_string.geojson", '"Prato"')
put("23_cut.geojson", collection(feature(polygon(ring())))[:80])
DXF = "0\nSECTION\n2\nENTITIES\n{}0\nENDSEC\n0\nEOF\n"
put("24_no_crs.dxf", DXF.format("0\nLWPOLYLINE\n8\nZONE\n90\n4\n70\n1\n" + "".join(
    f"10\n{x}\n20\n{y}\n" for x, y in square()[:4])))
put("24_cut.dxf", "0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\n")
put("24_text.dxf", DXF.format(f"0\nTEXT\n8\nETICHETTE\n10\n{E}\n20\n{N}\n40\n2.5\n1\nZona B1\n"))
put("25_utm_n_e.gml", '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:x="urn:x"><gml:featureMember><x:prato gml:id="p1"><x:CODICE>1</x:CODICE><x:geom><gml:Polygon gml:id="g1" '
    'srsName="urn:ogc:def:crs:EPSG::6707"><gml:exterior><gml:LinearRing><gml:posList>'
    + " ".join(f"{y} {x}" for x, y in square())
    + "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></x:geom></x:prato></gml:featureMember></gml:FeatureCollection>")
put("25_no_srs.gml", '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:x="urn:x">'
    '<gml:featureMember><x:prato fid="p1"><x:CODICE>1</x:CODICE><x:geom><gml:Point><gml:coordinates>528400,5050400'
    "</gml:coordinates></gml:Point></x:geom></x:prato></gml:featureMember></gml:FeatureCollection>")
