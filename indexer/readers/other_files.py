"""Names of the files that people keep beside articles: pictures, style sheets, scripts, fonts, settings."""

OTHER_SUFFIXES = tuple(
    """
    .apng .avif .bmp .cur .gif .heic .ico .jfif .jpeg .jpg .jxl .png .psd .svg .svgz .tif .tiff .webp
    .aac .aiff .amr .avi .flac .flv .m4a .m4v .mid .mkv .mov .mp3 .mp4 .mpeg .mpg .ogg .ogv .opus .wav .weba .webm .wma
    .wmv
    .eot .otf .ttc .ttf .woff .woff2
    .cjs .css .js .jsx .less .map .mjs .sass .scss .ts .tsx .vue .wasm
    .bat .c .class .cmd .cpp .dll .dylib .exe .go .h .java .lua .ps1 .py .pyc .rb .rs .sh .so
    .cfg .conf .editorconfig .ini .lock .plist .properties .toml .yaml .yml
    .bak .crdownload .db-journal .lnk .part .swp .tmp .torrent .url .webloc
    .asc .md5 .sha1 .sha256 .sig
    """.split()
)
"""Endings of names, in lower case. Files with such names are never articles."""

_OTHER_NAMES = frozenset(("ehthumbs.db", "thumbs.db"))
_OFFICE_LOCKS = ("~$", ".~lock.")  # prefixes


def is_other_file(name: str) -> bool:
    """Return whether the name of a file, or its path in an archive, says that it is not an article."""
    base = name.rpartition("/")[2].lower()
    return base.endswith(OTHER_SUFFIXES) or base in _OTHER_NAMES or base.startswith(_OFFICE_LOCKS) or base[-1:] == "~"
