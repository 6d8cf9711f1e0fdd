"""The languages of messages, and the choice of one."""

from typing import get_args

import pytest

from souwen.messages import (
    CATALOGS,
    LANGUAGES,
    Language,
    environment_language,
    gettext,
    language_name,
    ngettext,
    use_language,
)


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
    ids=lambda value: " ".join(f"{name}={text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_environment_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert environment_language() == language


def test_use_language_holds_inside_its_block() -> None:
    assert gettext("undated") == "undated"
    with use_language("zh"):
        assert gettext("undated") == "无日期"
        assert ngettext("{number} file", "{number} files", 2) == "{number} 个文件"
        with use_language("en"):
            assert ngettext("{number} file", "{number} files", 2) == "{number} files"
        assert gettext("undated") == "无日期"
    assert gettext("undated") == "undated"


def test_each_folder_with_a_catalog_is_a_language() -> None:
    folders = sorted(path.name for path in CATALOGS.iterdir() if (path / "LC_MESSAGES").is_dir())
    assert LANGUAGES == ("en", *folders) == get_args(Language)
    assert "zh" in LANGUAGES


def test_languages_have_names_of_their_own() -> None:
    assert language_name("en") == "English"
    assert len({language_name(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_a_language_without_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="no messages in 'xx': the languages are en, "), use_language("xx"):
        pass
