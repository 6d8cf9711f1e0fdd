"""Which language people are told things in."""

import pytest

from souwen.messages import environment_language, gettext, ngettext, use_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_HK"}, "zh"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:zh_TW:en"}, "zh"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, "zh"),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
    ids=lambda value: " ".join(f"{name}={said}" for name, said in value.items()) if isinstance(value, dict) else "",
)
def test_language_of_environment(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert environment_language() == language


def test_a_block_speaks_its_language() -> None:
    assert gettext("undated") == "undated"
    with use_language("zh"):
        assert gettext("undated") == "无日期"
        assert ngettext("{number} file", "{number} files", 2) == "{number} 个文件"
        with use_language("en"):
            assert ngettext("{number} file", "{number} files", 2) == "{number} files"
        assert gettext("undated") == "无日期"
    assert gettext("undated") == "undated"
