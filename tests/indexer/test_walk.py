"""Files of a folder come in order; hidden files, links to folders and indexes are skipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.indexer.errors import ReadError
from souwen.indexer.files import Selection, find_files


def find_files_of(path: Path) -> Iterator[Path | tuple[Path, ReadError]]:
    return find_files(path, Selection())


def test_files_of_a_folder_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b.txt", ".hidden.txt", ".git/c.txt", "c/writer.txt", "c/writer.lock"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    names = ["a.txt", "b/1.txt", "b/2.txt", "b.txt", "link.txt"]
    assert list(find_files_of(tmp_path)) == [tmp_path / name for name in names]
    assert list(find_files_of(tmp_path / "link.txt")) == [tmp_path / "link.txt"]


def test_dangling_link_does_not_stop_the_walk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "b.txt").touch()
    assert list(find_files_of(tmp_path)) == [tmp_path / "a.txt", tmp_path / "b.txt"]


def test_link_to_itself_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "z.txt").touch()
    assert list(find_files_of(tmp_path)) == [tmp_path / name for name in ("a.txt", "loop", "z.txt")]


def test_links_that_lead_outside_are_reported_and_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "root-outside.txt"
    (root / "sub").mkdir(parents=True)
    outside.touch()
    (root / "a.txt").touch()
    (root / "absolute.txt").symlink_to(outside)
    (root / "sub" / "relative.txt").symlink_to("../../root-outside.txt")
    (root / "chain.txt").symlink_to("sub/relative.txt")
    (root / "inside.txt").symlink_to(root / "sub" / ".." / "a.txt")
    (tmp_path / "link").symlink_to(root)
    for path in (root, tmp_path / "link"):
        entries = list(find_files_of(path))
        assert [entry for entry in entries if isinstance(entry, Path)] == [path / "a.txt", path / "inside.txt"]
        failures = dict(entry for entry in entries if not isinstance(entry, Path))
        assert failures.keys() == {path / name for name in ("absolute.txt", "chain.txt", "sub/relative.txt")}
        assert all(str(error).startswith(f"the link leads outside of {path}: ") for error in failures.values())


def test_articles_that_a_link_led_to_are_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("第一篇文章\n\n正文。", "utf-8")
    (folder / "b.txt").write_text("第二篇文章\n\n正文。", "utf-8")
    build_index(folder, tmp_path / "index")
    (folder / "b.txt").rename(tmp_path / "b.txt")
    (folder / "b.txt").symlink_to(tmp_path / "b.txt")
    report = build_index(folder, tmp_path / "index", delete_missing=True)
    assert (report.deleted, report.skipped, len(report.failed)) == (1, 1, 1)


@pytest.mark.parametrize("place", [".", "index", "sub/index"])
def test_index_among_its_articles_is_skipped(tmp_path: Path, place: str) -> None:
    for name in ("a.txt", "sub/b.txt", "z.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"文章{name}\n\n正文。", "utf-8")
    files = [tmp_path / name for name in ("a.txt", "sub/b.txt", "z.txt")]
    for rebuild in (False, False, True, False):
        build_index(tmp_path, tmp_path / place, rebuild=rebuild)
        assert list(find_files_of(tmp_path)) == files
    (tmp_path / place / "writer.lock").unlink()  # as in a copy of an index
    (tmp_path / place / "writer.txt").unlink()
    assert list(find_files_of(tmp_path)) == files
