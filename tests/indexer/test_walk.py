"""Files of a folder come in order; hidden files, links to folders and indexes are skipped."""

from pathlib import Path

from souwen.indexer.files import find_files


def test_files_of_a_folder_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b.txt", ".hidden.txt", ".git/c.txt", "c/writer.txt", "c/writer.lock"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    names = ["a.txt", "b/1.txt", "b/2.txt", "b.txt", "link.txt"]
    assert list(find_files(tmp_path)) == [tmp_path / name for name in names]
    assert list(find_files(tmp_path / "link.txt")) == [tmp_path / "link.txt"]


def test_dangling_link_does_not_stop_the_walk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "b.txt").touch()
    assert list(find_files(tmp_path)) == [tmp_path / "a.txt", tmp_path / "b.txt"]
