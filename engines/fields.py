"""The fields of articles: one table, from which everything that names a field derives.

The query parser, the filters, the options of the command line, the parameters of HTTP and of assistants, the labels
of the page and the facets read `FIELDS`. A new field is a row here, its name in a `Literal`, and its values in
`article_keywords`.
"""

from typing import Literal, NamedTuple, get_args

from ..messages import N_

TextField = Literal["text", "title", "body"]  # text: title and body together
IndexedField = Literal["text", "title"]  # the fields with term streams of their own
EntityField = Literal["entity", "person", "place", "organisation"]  # entity: any of the three kinds
KeywordField = Literal["id", "url", "source", "section", "author", "sketch", EntityField, "about"]
ValueField = Literal["source", "section", "author", EntityField]  # whose values facets count
Stream = Literal["words", "bigrams", "unigrams"]
DateField = Literal["year", "month", "day"]  # of publication
FacetField = Literal[ValueField, DateField]


class Field(NamedTuple):
    """A field that queries, filters or facets name."""

    name: str
    kind: Literal["text", "keyword", "entity", "date"]
    aliases: tuple[str, ...] = ()  # further names in queries; all but the Chinese ones also in addresses
    label: str = ""  # singular, to be translated: the values of a facet in a terminal
    heading: str = ""  # to be translated: the values of a facet on the page
    filter_help: str = ""  # to be translated; empty if the field is no filter of its own
    example: str = ""  # a value to filter by
    is_facet: bool = False


FIELDS = (
    Field("title", "text", ("标题",)),
    Field("body", "text", ("正文",)),
    Field("id", "keyword"),
    Field("url", "keyword", ("网址",)),
    Field(
        "source",
        "keyword",
        ("来源",),
        label=N_("source"),
        heading=N_("Source"),
        filter_help=N_("Only articles from this publisher (repeatable: any of them)."),
        example="RFI",
        is_facet=True,
    ),
    Field(
        "section",
        "keyword",
        ("栏目",),
        label=N_("section"),
        heading=N_("Section"),
        filter_help=N_("Only articles from this section (repeatable: any of them)."),
        example="中国",
        is_facet=True,
    ),
    Field(
        "author",
        "keyword",
        ("作者",),
        label=N_("author"),
        heading=N_("Author"),
        filter_help=N_("Only articles by this author (repeatable: any of them)."),
        example="安东尼",
        is_facet=True,
    ),
    Field(
        "entity",
        "entity",
        ("实体",),
        label=N_("entity"),
        heading=N_("Entity"),
        filter_help=N_("Only articles that name this person, place or organisation (repeatable: any of them)."),
        example="布林肯",
        is_facet=True,
    ),
    Field(
        "person",
        "entity",
        ("人物",),
        label=N_("person"),
        heading=N_("People"),
        filter_help=N_("Only articles that name this person (repeatable: any of them)."),
        example="孙卫东",
        is_facet=True,
    ),
    Field(
        "organisation",
        "entity",
        ("org", "机构"),
        label=N_("organisation"),
        heading=N_("Organisations"),
        filter_help=N_("Only articles that name this organisation (repeatable: any of them)."),
        example="中国外交部",
        is_facet=True,
    ),
    Field(
        "place",
        "entity",
        ("地点",),
        label=N_("place"),
        heading=N_("Places"),
        filter_help=N_("Only articles that name this place (repeatable: any of them)."),
        example="台湾海峡",
        is_facet=True,
    ),
    Field(
        "date",
        "date",
        ("日期",),
        heading=N_("Published"),
        filter_help=N_("Only articles published on a day of this day, month, year or range (repeatable: any of them)."),
        example="2023-08..2023-10",
    ),
    Field(
        "about",
        "date",
        ("提到",),
        label=N_("about"),
        heading=N_("Mentions"),
        filter_help=N_("Only articles that mention a day of this day, month, year or range (repeatable: any of them)."),
        example="2023-08",
    ),
    Field("year", "date", label=N_("year"), is_facet=True),
    Field("month", "date", label=N_("month"), is_facet=True),
    Field("day", "date", label=N_("day"), is_facet=True),
)
# Names in queries, Chinese ones and short forms included. Periods of publication have no name of their own there.
QUERY_FIELDS = {
    name: field for field in FIELDS if field.name not in get_args(DateField) for name in (field.name, *field.aliases)
}
FILTER_FIELDS = tuple(field for field in FIELDS if field.filter_help)
FACET_FIELDS: tuple[FacetField, ...] = get_args(FacetField)  # in the order in which facets are listed
ENTITY_FIELDS: tuple[EntityField, ...] = get_args(EntityField)
PERIOD_FILTERS = {
    "since": N_("Only articles published on or after this day, month or year: 2023-09-28, 2023-09, 2023."),
    "until": N_("Only articles published on or before this day, month or year."),
}
