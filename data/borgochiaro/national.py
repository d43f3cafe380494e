"""The national cadastre's file layout and the way from metres to latitude and longitude.

Writes `_ple.gml` and `_map.gml` as the national bulk download does: GML 3.2 as MapServer
prints it, EPSG:6706, latitude before longitude, 8 decimals, one member a line.
"""

import math

CRS = "urn:ogc:def:crs:EPSG::6706"


def to_lat_lon(e, n):
    """Latitude and longitude in degrees of EPSG:7791 (UTM 32, E-N), on GRS80.

    Krueger's series to n^4 (Karney 2011, eq. 36 and 25): better than a micrometre here.
    """
    f = 1 / 298.257222101
    third = f / (2 - f)
    radius = 6378137.0 / (1 + third) * (1 + third**2 / 4 + third**4 / 64)
    beta = (
        third / 2 - 2 * third**2 / 3 + 37 * third**3 / 96 - third**4 / 360,
        third**2 / 48 + third**3 / 15 - 437 * third**4 / 1440,
        17 * third**3 / 480 - 37 * third**4 / 840,
        4397 * third**4 / 161280,
    )
    xi, eta = n / (0.9996 * radius), (e - 500000) / (0.9996 * radius)
    xi1, eta1 = xi, eta
    for k, b in enumerate(beta, 1):
        xi1 -= b * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        eta1 -= b * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    lon = math.degrees(math.atan2(math.sinh(eta1), math.cos(xi1))) + 9
    # From the conformal to the geographic latitude by Newton's method on tangents.
    ecc = math.sqrt(f * (2 - f))
    goal = math.sin(xi1) / math.hypot(math.sinh(eta1), math.cos(xi1))
    tau = goal
    for _ in range(8):
        sigma = math.sinh(ecc * math.atanh(ecc * tau / math.sqrt(1 + tau**2)))
        now = tau * math.sqrt(1 + sigma**2) - sigma * math.sqrt(1 + tau**2)
        tau += ((goal - now) / math.sqrt(1 + now**2)
                * (1 + (1 - ecc**2) * tau**2) / ((1 - ecc**2) * math.sqrt(1 + tau**2)))
    return math.degrees(math.atan(tau)), lon


def envelope(rings):
    lats = [p[0] for ring in rings for p in ring]
    lons = [p[1] for ring in rings for p in ring]
    return (f'<gml:Envelope srsName="{CRS}"><gml:lowerCorner>{min(lats):.6f} {min(lons):.6f}'
            f"</gml:lowerCorner><gml:upperCorner>{max(lats):.6f} {max(lons):.6f}"
            "</gml:upperCorner></gml:Envelope>")


def ring_text(ring):
    numbers = "".join(f"{lat:.8f} {lon:.8f} " for lat, lon in ring + ring[:1])
    return (f'<gml:LinearRing><gml:posList srsDimension="2">{numbers}</gml:posList>'
            "</gml:LinearRing>")


def polygon(rings, gml_id, srs=True):
    name = f' srsName="{CRS}"' if srs else ""
    text = f'<gml:Polygon gml:id="{gml_id}"{name}>'
    for k, ring in enumerate(rings):
        side = "interior" if k else "exterior"
        text += f"<gml:{side}>{ring_text(ring)}</gml:{side}>"
    return text + "</gml:Polygon>"


def geometry(parts, gml_id):
    """One Polygon, or a MultiSurface whose polygons are numbered from 2."""
    if len(parts) == 1:
        return polygon(parts[0], f"{gml_id}.1")
    members = "".join(
        f"<gml:surfaceMember>{polygon(rings, f'{gml_id}.{k}', srs=False)}</gml:surfaceMember>"
        for k, rings in enumerate(parts, 2)
    )
    return f'<gml:MultiSurface gml:id="{gml_id}.1" srsName="{CRS}">{members}</gml:MultiSurface>'


def parcel_member(reference, label, comune, parts):
    local = f"IT.AGE.PLA.{reference}"
    gml_id = f"CadastralParcel.{local}"
    rings = [ring for part in parts for ring in part]
    return (f'<wfs:member><CP:CadastralParcel gml:id="{gml_id}"><gml:boundedBy>{envelope(rings)}'
            f"</gml:boundedBy><CP:msGeometry>{geometry(parts, gml_id)}</CP:msGeometry>"
            f"<CP:INSPIREID_LOCALID>{local}</CP:INSPIREID_LOCALID>"
            "<CP:INSPIREID_NAMESPACE>IT.AGE.PLA.</CP:INSPIREID_NAMESPACE>"
            f"<CP:LABEL>{label}</CP:LABEL>"
            f"<CP:NATIONALCADASTRALREFERENCE>{reference}</CP:NATIONALCADASTRALREFERENCE>"
            f"<CP:ADMINISTRATIVEUNIT>{comune}</CP:ADMINISTRATIVEUNIT>"
            "</CP:CadastralParcel></wfs:member>")


def zoning_member(reference, label, comune, parts):
    local = f"IT.AGE.MAP.{reference}"
    gml_id = f"CadastralZoning.{local}"
    return (f'<wfs:member><CP:CadastralZoning gml:id="{gml_id}">'
            f"<CP:msGeometry>{geometry(parts, gml_id)}</CP:msGeometry>"
            f"<CP:INSPIREID_LOCALID>{local}</CP:INSPIREID_LOCALID>"
            "<CP:INSPIREID_NAMESPACE>IT.AGE.MAP.</CP:INSPIREID_NAMESPACE>"
            f"<CP:LABEL>{label}</CP:LABEL><CP:LEVEL>3rdOrder</CP:LEVEL>"
            "<CP:LEVELNAME>Mappa Catastale</CP:LEVELNAME>"
            f"<CP:NATIONALCADASTRALZONINGREFERENCE>{reference}"
            "</CP:NATIONALCADASTRALZONINGREFERENCE>"
            f"<CP:ADMINISTRATIVEUNIT>{comune}</CP:ADMINISTRATIVEUNIT>"
            "</CP:CadastralZoning></wfs:member>")


def write(path, members, rings):
    """Writes one file; `rings` are all its rings, for the box of the collection."""
    head = (
        "<?xml version='1.0' encoding=\"UTF-8\" ?>\n"
        "<wfs:FeatureCollection\n"
        '   xmlns:CP="http://mapserver.gis.umn.edu/mapserver"\n'
        '   xmlns:gml="http://www.opengis.net/gml/3.2"\n'
        '   xmlns:wfs="http://www.opengis.net/wfs/2.0"\n'
        '   xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
        f'   timeStamp="2026-07-01T10:00:00" numberMatched="{len(members)}"'
        f' numberReturned="{len(members)}">\n'
        f"<wfs:boundedBy>{envelope(rings)}</wfs:boundedBy>\n"
    )
    path.write_text(head + "\n".join(members) + "\n</wfs:FeatureCollection>\n", encoding="ascii",
                    newline="\n")
