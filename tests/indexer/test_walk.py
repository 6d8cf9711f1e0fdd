"""Which files of a folder are read, and in what order."""

from pathlib import Path

from souwen.indexer.files import find_files


def test_a_folder_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "b.txt", ".hidden.txt", ".git/c.txt", "c/writer.txt", "c/writer.lock"):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    found = ["a.txt", "b/1.txt", "b/2.txt", "b.txt", "link.txt"]
    assert list(find_files(tmp_path)) == [tmp_path / name for name in found]
    assert list(find_files(tmp_path / "link.txt")) == [tmp_path / "link.txt"]


def test_a_link_to_nowhere_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "b.txt").touch()
    assert list(find_files(tmp_path)) == [tmp_path / "a.txt", tmp_path / "b.txt"]
