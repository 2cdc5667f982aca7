"""What a bundle says of itself: every package in it with version, licence and digest, and the licences' own words.

The list is written twice: as CycloneDX for programs, as a table for people.
"""

import base64
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from bundle.errors import CannotBundle
from bundle.wheels import digest_of

UNKNOWN = "see its own files"
LONGEST = 60
"""A licence field longer than this is the licence itself, not its name."""
_NAMES = ("licen", "copying", "notice", "thirdparty", "copyright")
_SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True, order=True)
class Package:
    """A package in the bundle.

    Attributes
    ----------
    kind : pypi or npm
    digest : SHA-256 of a wheel, SHA-512 of an npm archive, in hexadecimal
    """

    kind: str
    name: str
    version: str
    licence: str
    digest: str


def of_wheel(file: Path) -> Package:
    """What a wheel says of itself."""
    with zipfile.ZipFile(file) as wheel:
        name = next(one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
        said = BytesParser().parsebytes(wheel.read(name), headersonly=True)
    classes = [one.rsplit(" :: ", 1)[-1] for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    stated = (said.get("License-Expression") or said.get("License") or "").strip()
    licence = stated if 0 < len(stated) <= LONGEST and stated != "UNKNOWN" else ", ".join(classes) or UNKNOWN
    return Package("pypi", str(said["Name"]).lower(), str(said["Version"]), licence, digest_of(file))


def of_client(lock: Path) -> list[Package]:
    """The packages that the client is built of, by its lock; those of its tools are not in it."""
    found = set()
    for path, one in json.loads(lock.read_text("utf-8"))["packages"].items():
        if path and not one.get("dev") and not one.get("devOptional") and "version" in one:
            digest = base64.b64decode(one.get("integrity", "-").partition("-")[2]).hex()
            name = path.rpartition("node_modules/")[2]
            found.add(Package("npm", name, one["version"], str(one.get("license", UNKNOWN)), digest))
    return sorted(found)


def as_table(packages: Iterable[Package]) -> str:
    """The list for people."""
    rows = [f"{one.kind}\t{one.name}\t{one.version}\t{one.licence}" for one in sorted(packages)]
    return "\n".join(["from\tpackage\tversion\tlicence", *rows]) + "\n"


def as_cyclonedx(name: str, version: str, made_at: datetime, packages: Iterable[Package]) -> str:
    """The list for programs, CycloneDX 1.6 in JSON: the same for the same packages."""
    some = sorted(packages)
    serial = uuid.uuid5(_SPACE, repr((name, version, some)))
    root = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name)
    metadata = BomMetaData(component=root, timestamp=made_at)
    bom = Bom(components=map(_component, some), serial_number=serial, metadata=metadata)
    bom.register_dependency(root, bom.components)
    text: str = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    return text + "\n"


def _component(one: Package) -> Component:
    algorithm = HashAlgorithm.SHA_256 if one.kind == "pypi" else HashAlgorithm.SHA_512
    space, _, name = one.name.rpartition("/")
    purl = PackageURL(one.kind, space or None, name, one.version)
    hashes = [HashType(alg=algorithm, content=one.digest)] if one.digest else []
    licences = [] if one.licence == UNKNOWN else [LicenseFactory().make_from_string(one.licence)]
    made = Component(name=name, group=space or None, version=one.version, purl=purl, hashes=hashes, licenses=licences)
    made.bom_ref.value = purl.to_string()
    return made


def client_licences(packages: Iterable[Package], modules: Path) -> Mapping[str, bytes]:
    """The licence files of npm packages, which their built code no longer has: name in the bundle → text.

    Raises
    ------
    CannotBundle
        The packages are not installed.
    """
    texts = {}
    for one in packages:
        if one.kind == "npm":
            for file in _licence_files(modules / one.name):
                texts[f"{one.name.replace('/', '__')}/{file.name}"] = file.read_bytes()
    if not texts:
        raise CannotBundle(f"no licences below {modules}. Run: make client")
    return texts


def _licence_files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.name.lower().startswith(_NAMES):
                yield file
