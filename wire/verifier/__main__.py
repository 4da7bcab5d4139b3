"""The command ``madomori-verify``."""

import argparse
import json
import locale
import os
import sys
from pathlib import Path
from typing import TextIO

from cryptography.x509 import Certificate, load_pem_x509_certificates

from wire.verifier.container import NotReadable, container
from wire.verifier.findings import Findings, Weight
from wire.verifier.package import Checked, NoPackage, Pins, check
from wire.verifier.words import LANGUAGES, plain, said

WHOLE, ALTERED, NOT_CHECKED = 0, 1, 2
SHOWN_MAX = 200
"""Findings of a kind that are printed; ``--json`` has all."""


class BadPin(Exception):
    """An option that cannot be."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: nothing was altered; 1: something was; 2: it could not be checked."""
    given = _parser().parse_args(arguments)
    out, language = _stream(), given.lang or _language()
    try:
        checked = check(container(given.package), _pins(given))
    except NotReadable as error:
        print(plain("no-container", language, file=str(given.package), why=str(error)), file=out)
        return NOT_CHECKED
    except NoPackage as error:
        print(plain(error.code, language, why=error.why), file=out)
        # A list that was altered is an altered package, not somebody's other file.
        return ALTERED if error.code.startswith("index-") else NOT_CHECKED
    except BadPin as error:
        print(plain("bad-pin", language, option=str(error)), file=out)
        return NOT_CHECKED
    if given.json:
        _as_json(checked, out)
    else:
        _as_text(checked, language, out)
    return ALTERED if checked.findings.faults else WHOLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="madomori-verify",
        description="証拠一式が作成時のままかを確かめます。 / Checks whether a package is as it was made.",
    )
    parser.add_argument("package", type=Path, help="ZIP または展開したフォルダー / ZIP or unpacked folder")
    parser.add_argument(
        "--hub-key", metavar="KEY", help="ハブの公開鍵または指紋 / the hub's public key or fingerprint"
    )
    parser.add_argument(
        "--unit-key",
        metavar="UNIT=KEY",
        action="append",
        default=[],
        help="端末の公開鍵または指紋 / a unit's public key or fingerprint",
    )
    parser.add_argument(
        "--tsa-ca",
        type=Path,
        metavar="FILE",
        help="時刻認証局のルート証明書（PEM） / root certificates of the time-stamping authority",
    )
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--json", action="store_true", help="機械向け / for machines")
    return parser


def _pins(given: argparse.Namespace) -> Pins:
    units = {}
    for pin in given.unit_key:
        unit, equals, key = pin.partition("=")
        if not equals or not unit or not key:
            raise BadPin("--unit-key")
        units[unit] = key
    authorities: list[Certificate] = []
    if given.tsa_ca is not None:
        try:
            authorities = load_pem_x509_certificates(given.tsa_ca.read_bytes())
        except (OSError, ValueError) as error:
            raise BadPin("--tsa-ca") from error
    return Pins(given.hub_key, units, tuple(authorities))


def _as_text(checked: Checked, language: str, out: TextIO) -> None:
    index, findings = checked.index, checked.findings
    print(plain("title", language), file=out)
    about = plain("about", language, incident=index.incident, made=index.made, site=index.site)
    print(about, end="\n\n", file=out)
    _part(findings, Weight.GOOD, plain("goods", language), language, out)
    _part(findings, Weight.NOTE, plain("notes", language), language, out)
    faults = findings.faults
    if faults:
        _part(findings, Weight.FAULT, plain("faults", language, count=len(faults)), language, out)
        print(plain("altered", language), file=out)
        return
    print(plain("whole", language), file=out)
    if any(each.code in ("hub-key-open", "unit-key-open") for each in findings):
        print(plain("keys-open", language), file=out)


def _part(findings: Findings, weight: Weight, title: str, language: str, out: TextIO) -> None:
    mine = [each for each in findings if each.weight is weight]
    if not mine:
        return
    print(title, file=out)
    for each in mine[:SHOWN_MAX]:
        print(f"  ・{said(each, language)}", file=out)
    if len(mine) > SHOWN_MAX:
        print("  " + plain("more", language, count=len(mine) - SHOWN_MAX), file=out)
    print(file=out)


def _as_json(checked: Checked, out: TextIO) -> None:
    found = [
        {
            "weight": each.weight.value,
            "code": each.code,
            "values": each.values,
            **{language: said(each, language) for language in LANGUAGES},
        }
        for each in checked.findings
    ]
    told = {"altered": bool(checked.findings.faults), "incident": checked.index.incident, "findings": found}
    print(json.dumps(told, ensure_ascii=True, indent=1), file=out)


def _language() -> str:
    """Japanese, unless the machine speaks another language."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not told and os.name == "nt":
        told = locale.getlocale()[0] or ""
    neutral = told.split(".")[0] in ("", "C", "POSIX")
    return "ja" if neutral or told.lower().startswith(("ja", "japan")) else "en"


def _stream() -> TextIO:
    """A terminal that cannot show a character gets "?", never a crash."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return sys.stdout


if __name__ == "__main__":
    sys.exit(main())
