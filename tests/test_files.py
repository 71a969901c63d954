import os
from pathlib import Path

import pytest

from pcgstudio.errors import InputError
from pcgstudio.files import atomic_folder, check_replaceable, to_json, write_text

MARKER = "recipe.pcg.json"


def fill(work, text="new"):
    (work / MARKER).write_text(text)
    (work / "deep").mkdir()
    (work / "deep" / "layer").write_text(text)


def content(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def earlier(target):
    """An earlier bundle with a file that the new one will not have."""
    target.mkdir()
    fill(target, "old")
    (target / "leftover").write_text("old")
    return content(target)


NEW = {MARKER: "new", "deep/layer": "new"}


def test_a_folder_appears_whole_when_the_block_ends(tmp_path):
    target = tmp_path / "a" / "map"
    with atomic_folder(target, MARKER) as work:
        fill(work)
        assert not target.exists()
        assert work.parent == target.parent, "a rename is only atomic on one file system"
    assert content(target) == NEW
    assert list(target.parent.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o755


def test_an_earlier_bundle_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "map"
    before = earlier(target)
    with atomic_folder(target, MARKER) as work:
        fill(work)
        assert content(target) == before
    assert content(target) == NEW
    assert list(tmp_path.iterdir()) == [target]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "map").mkdir()
    with atomic_folder(tmp_path / "map", MARKER) as work:
        fill(work)
    assert content(tmp_path / "map") == NEW


def test_a_foreign_folder_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    with pytest.raises(InputError, match="holds other files; name an empty folder"), atomic_folder(tmp_path, MARKER):
        pytest.fail("the work began")
    assert content(tmp_path) == {"thesis.tex": "years"}


def test_a_folder_whose_marker_is_a_folder_is_foreign(tmp_path):
    (tmp_path / "map" / MARKER).mkdir(parents=True)
    with pytest.raises(InputError, match="holds other files"):
        check_replaceable(tmp_path / "map", MARKER)


def test_a_file_is_refused(tmp_path):
    (tmp_path / "map").write_text("text")
    with pytest.raises(InputError, match="is a file; name a folder"), atomic_folder(tmp_path / "map", MARKER):
        pytest.fail("the work began")
    assert (tmp_path / "map").read_text() == "text"


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt(), InputError("no"), SystemExit(3)])
@pytest.mark.parametrize("there", [True, False])
def test_a_block_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, error, there):
    target = tmp_path / "map"
    before = earlier(target) if there else None
    with pytest.raises(type(error)), atomic_folder(target, MARKER) as work:  # noqa: PT012 - the folder is filled first
        fill(work)
        raise error
    assert list(tmp_path.iterdir()) == ([target] if there else [])
    if there:
        assert content(target) == before


def test_a_full_disk_is_told_in_one_sentence(tmp_path):
    with (
        pytest.raises(InputError, match="No space left on device; choose another place with -o"),
        atomic_folder(tmp_path / "map", MARKER),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [1, 2])
def test_when_the_last_rename_fails_the_earlier_bundle_is_still_there(tmp_path, monkeypatch, failing):
    target = tmp_path / "map"
    before = earlier(target)
    rename, count = os.replace, []

    def sometimes(source, place):
        count.append(source)
        if len(count) == failing:
            raise OSError(5, "Input/output error")
        rename(source, place)

    monkeypatch.setattr(os, "replace", sometimes)
    with pytest.raises(InputError, match="Input/output error"), atomic_folder(target, MARKER) as work:
        fill(work)
    assert content(target) == before
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["map", "deep/er/map"])
def test_a_parent_that_may_not_be_written_is_refused_before_any_work(tmp_path, monkeypatch, name):
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path and allowed(path, mode))
    with (
        pytest.raises(InputError, match="is not writable; choose another place"),
        atomic_folder(tmp_path / name, MARKER),
    ):
        pytest.fail("the work began")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["file/map", "file/deep/map"])
def test_a_parent_that_is_a_file_is_refused_before_any_work(tmp_path, name):
    (tmp_path / "file").write_text("text")
    with pytest.raises(InputError, match="cannot write"), atomic_folder(tmp_path / name, MARKER):
        pytest.fail("the work began")
    assert content(tmp_path) == {"file": "text"}


def test_text_is_replaced_whole_with_unix_lines(tmp_path):
    file = tmp_path / "deep" / "x.json"
    for text in ("old\n", "new é\nline\n"):
        write_text(file, text)
        assert file.read_bytes() == text.encode()
    assert list(file.parent.iterdir()) == [file]


def test_json_is_readable_canonical_and_free_of_nan():
    assert to_json({"b": 1, "a": "é"}) == '{\n  "b": 1,\n  "a": "é"\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        to_json(float("nan"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_written_file_may_be_read_by_whom_the_user_lets(tmp_path):
    write_text(tmp_path / "a.json", "{}")
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "a.json").stat().st_mode == plain.stat().st_mode
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "plain"]
