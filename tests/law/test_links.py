"""The links of a whole act: where a mention stands, and what the act says of others, decide what it means."""

from __future__ import annotations

from rag.law.act import Act, ActMetadata, Level, Provision, Read
from rag.law.act_mention import NamedAct, Which
from rag.law.catalogue import Catalogue, KnownAct, known_acts
from rag.law.links import find_links

TWO = Catalogue(
    [
        KnownAct("45/2013/QH13", "Luật Đất đai", "2013-11-29"),
        KnownAct("31/2024/QH15", "Luật Đất đai", "2024-01-18"),
        KnownAct("40/2019/QH14", "Luật Kiến trúc", "2019-06-13"),
        KnownAct("25/2008/QH12", "Luật Bảo hiểm y tế", "2008-11-14"),
    ]
)
Node = tuple[Level, str, str]


def act(*nodes: Node, title: str = "Về việc khác", type: str = "Nghị định", number: str = "9/2030/NĐ-CP") -> Act:
    """Nodes side by side, a line each; an eid inside another's makes it its child."""
    text = "\n".join(text for _, _, text in nodes)
    starts = [len("\n".join(text for _, _, text in nodes[:at])) + (at > 0) for at in range(len(nodes))]
    ends = [*starts[1:], len(text)]

    def below(parent: str, at: int) -> tuple[tuple[Provision, ...], int]:
        found: list[Provision] = []
        while at < len(nodes) and (not parent or nodes[at][1].startswith(parent + "__")):
            level, eid, _ = nodes[at]
            children, after = below(eid, at + 1)
            end = ends[after - 1]
            found.append(Provision(level, eid, "", "", starts[at], end, ends[at] if children else end, children))
            at = after
        return tuple(found), at

    meta = ActMetadata(number=Read(number), type=Read(type), title=Read(title))
    return Act(text, (), meta, below("", 0)[0])


def targets(*nodes: Node, **said: str) -> list[tuple[str, str]]:
    """(act, eid) of each link; "" is the act itself, "~" before a name that is not resolved."""
    found = find_links(act(*nodes, **said), TWO)
    return [("" if link.own else link.number or f"~{link.name}", link.eid) for link in found]


PREAMBLE = (Level.PREAMBLE, "preamble", "Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;")


def test_a_bare_name_is_the_act_of_the_legal_basis() -> None:
    clause = (Level.ARTICLE, "art_1", "Theo Điều 5 Luật Đất đai; nhưng xem Luật Đất đai năm 2013, Luật Đất đai.")
    assert targets(PREAMBLE, clause) == [
        ("31/2024/QH15", ""),
        ("31/2024/QH15", "art_5"),
        ("45/2013/QH13", ""),
        ("31/2024/QH15", ""),
    ]


def test_two_candidates_are_none_and_one_is_taken() -> None:
    assert targets((Level.ARTICLE, "art_1", "Theo Luật Đất đai và Luật Kiến trúc.")) == [
        ("~Luật Đất đai", ""),
        ("40/2019/QH14", ""),
    ]


def test_a_shortened_number_is_the_one_given_before() -> None:
    text = "Theo Thông tư liên tịch số 06/2018/TTLT-BCA-BTP (sau đây gọi là Thông tư liên tịch số 06/2018), 07/2018."
    assert targets((Level.ARTICLE, "art_1", text)) == [("06/2018/TTLT-BCA-BTP", "")] * 2


def test_a_type_with_a_number_makes_no_name() -> None:
    text = "Luật số 62/2020/QH14; Luật sư và Luật."
    assert targets((Level.ARTICLE, "art_1", text)) == [("62/2020/QH14", "")]


def test_a_bare_article_that_is_not_here_cannot_be_told() -> None:
    assert targets((Level.ARTICLE, "art_1", "Nghị định 5/2020/NĐ-CP (trừ Điều 15); Điều 1.")) == [
        ("5/2020/NĐ-CP", ""),
        ("", "art_1"),
    ]


def test_the_act_itself_by_number_and_by_what_is_above() -> None:
    nodes = (
        Level.ARTICLE,
        "art_1",
        "Nghị định số 9/2030/NĐ-CP, Thông tư số 1/2029/TT-BTC; Điều 3 Thông tư nêu trên.",
    )
    assert targets(nodes) == [("", ""), ("1/2029/TT-BTC", ""), ("1/2029/TT-BTC", "art_3")]


def test_this_provision_and_the_attached_text() -> None:
    nodes = (
        (Level.ARTICLE, "art_1", "Ban hành Quy chế."),
        (Level.ARTICLE, "art_2", "Theo khoản 1 Điều này."),
        (Level.ATTACHMENT, "att_1", "QUY CHẾ"),
        (
            Level.ARTICLE,
            "att_1__art_1",
            "Theo Điều 2 Quy chế này, Điều 2 Nghị định này, Điều 1, Điều 2 và khoản 3 Điều này.",
        ),
    )
    assert targets(*nodes) == [
        ("", "art_2__cl_1"),
        ("", "att_1__art_2"),
        ("", "art_2"),
        ("", "att_1__art_1"),
        ("", "art_2"),
        ("", "att_1__art_1__cl_3"),
    ]


def test_what_an_amending_act_quotes_and_orders_is_of_the_act_amended() -> None:
    nodes = (
        (Level.ARTICLE, "art_1", "Điều 1. Sửa đổi, bổ sung một số điều của Luật Bảo hiểm y tế"),
        (Level.CLAUSE, "art_1__cl_1", "1. Sửa đổi, bổ sung khoản 2 Điều 12 như sau:"),
        (Level.QUOTED, "art_1__cl_1__qstr_1", "“2. Theo điểm a khoản này và Điều 13 của Luật này.”"),
        (Level.ARTICLE, "art_2", "Điều 2. Luật này có hiệu lực từ ngày 01 tháng 7 năm 2030."),
    )
    health = "25/2008/QH12"
    assert targets(
        *nodes, title="Sửa đổi, bổ sung một số điều của Luật Bảo hiểm y tế", type="Luật", number="9/2030/QH16"
    ) == [
        (health, ""),
        (health, "art_12__cl_2"),
        (health, "art_12__cl_2__point_a"),
        (health, "art_13"),
        ("", ""),
    ]


def test_a_table_row_speaks_of_the_act_it_names() -> None:
    table = (Level.TABLE, "table_1", "1 | Thông tư số 7/2023/TT-A | Điều 2, khoản 1 Điều 3\n2 | Điều 5 | x")
    assert targets(table) == [("7/2023/TT-A", ""), ("7/2023/TT-A", "art_2"), ("7/2023/TT-A", "art_3__cl_1")]


def test_links_keep_their_place() -> None:
    made = act(PREAMBLE, (Level.ARTICLE, "art_1", "Theo Điều 5 Luật Đất đai."))
    assert [made.text[link.start : link.end] for link in find_links(made, TWO)] == [
        "Luật Đất đai ngày 18 tháng 01 năm 2024",
        "Điều 5 Luật Đất đai",
    ]


def test_known_acts_are_found_by_name_year_and_date() -> None:
    def number(name: str, year: int = 0, date: str = "") -> str:
        return known_acts().number_of(NamedAct(Which.NAMED, "Luật", "", name, year, date))

    assert number("Luật Đất đai", 2013) == "45/2013/QH13"
    assert number("luật đất đai", date="2024-01-18") == "31/2024/QH15"
    assert number("Luật Đất đai") == "" and number("Luật Không có", 2020) == ""
    assert number("Luật Phòng chống ma tuý", 2021) == "73/2021/QH14"


class _CountedText(str):
    """A text that counts the characters cut out of it."""

    __slots__ = ("cut",)

    def __getitem__(self, key: object) -> str:
        part = super().__getitem__(key)  # type: ignore[index]
        self.cut = getattr(self, "cut", 0) + len(part)
        return part


def _characters_cut(mentions: int) -> float:
    """Characters cut out of an act for each of so many mentions inside one instruction of an amending act."""
    words = (
        "1. Sửa đổi khoản 2 Điều 12 Luật Bảo hiểm y tế như sau: " + "“theo khoản 3 Điều 5 của Luật này” " * mentions
    )
    clause = (Level.CLAUSE, "art_1__cl_1", words)
    made = act(clause, title="Sửa đổi, bổ sung một số điều của Luật Bảo hiểm y tế", type="Luật", number="9/2030/QH16")
    text = _CountedText(made.text)
    links = find_links(Act(text, (), made.metadata, made.provisions), TWO)
    assert len(links) > mentions
    return text.cut / mentions


def test_the_work_of_a_long_provision_grows_with_its_length() -> None:
    """Each mention once looked back over its whole provision to see whether it stands in quotation marks."""
    assert _characters_cut(800) < 1.5 * _characters_cut(200)


def test_an_act_named_a_thousand_times_is_one_candidate() -> None:
    again = [KnownAct("25/2008/QH12", "Luật Bảo hiểm y tế", "2008-11-14")] * 1000
    assert len(Catalogue(again).candidates(NamedAct(Which.NAMED, "Luật", "", "Luật Bảo hiểm y tế"))) == 1
