"""Where recordings are kept: one suite over every place that we claim."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from hub.recordings.object_store import ObjectShelf, s3_shelf
from hub.recordings.shelf import Folder, NotThere, Shelf, ShelfError, ShelfFull
from hub.setting_types import BadSettings
from tests.support.s3 import SECRET, running_s3

A, B = "a" * 32, "b" * 32


@pytest.fixture(params=["folder", "memory", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    match request.param:
        case "folder":
            yield Folder(tmp_path / "new" / "recordings")
        case "memory":
            yield ObjectShelf(MemoryStore())
        case _:
            secret = tmp_path / "secret"
            secret.write_text("\n".join(SECRET))
            with running_s3() as url:
                yield s3_shelf(f"s3://bucket/evidence/city?endpoint={url}", secret)


def test_what_is_put_is_got_and_put_again_replaces_it(shelf: Shelf) -> None:
    big = os.urandom(400_000)
    shelf.put(f"{A}/000000", big)
    shelf.put(f"{A}/000001", b"first")
    shelf.put(f"{A}/000001", b"second")
    assert shelf.get(f"{A}/000000") == big
    assert shelf.get(f"{A}/000001") == b"second"


def test_what_is_not_there_is_named_so(shelf: Shelf) -> None:
    with pytest.raises(NotThere):
        shelf.get(f"{A}/000000")


def test_one_recording_is_removed_and_no_other(shelf: Shelf) -> None:
    for name in (f"{A}/000000", f"{A}/000001", f"{B}/000000"):
        shelf.put(name, b"x")
    assert shelf.recordings() == [A, B]
    shelf.remove(A)
    shelf.remove(A)
    assert shelf.recordings() == [B]
    with pytest.raises(NotThere):
        shelf.get(f"{A}/000001")
    assert shelf.get(f"{B}/000000") == b"x"


@pytest.mark.parametrize("name", ["../x", "", A, f"{A}/../../x", f"{A}/1"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    for act in (Folder(tmp_path).get, lambda name: Folder(tmp_path).put(name, b"x")):
        with pytest.raises(ShelfError):
            act(name)
    with pytest.raises(ShelfError):
        Folder(tmp_path).remove("..")


def test_a_full_disk_is_told_from_other_faults_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Folder(tmp_path)
    shelf.put(f"{A}/000000", b"before")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("hub.recordings.shelf.os.fsync", full)
        with pytest.raises(ShelfFull):
            shelf.put(f"{A}/000000", b"after")
    assert shelf.get(f"{A}/000000") == b"before"
    assert [each.name for each in (tmp_path / A).iterdir()] == ["000000"]


def test_a_store_that_refuses_our_key_is_no_silent_loss(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hub\nwrong")
    with running_s3() as url:
        shelf = s3_shelf(f"s3://bucket?endpoint={url}", secret)
        with pytest.raises(ShelfError):
            shelf.put(f"{A}/000000", b"x")


def test_a_secret_of_another_form_is_refused_before_anything_starts(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("only-one")
    with pytest.raises(BadSettings, match="access key and its secret"):
        s3_shelf("s3://bucket", secret)
