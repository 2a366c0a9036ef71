"""Types and issuers of acts as the drafting decrees name them, with the abbreviations of their numbers.

Decree 78/2025/NĐ-CP (legal documents) and Decree 30/2020/NĐ-CP, appendix III (29 administrative types).
"""

from __future__ import annotations

# Abbreviation in the number → type.
TYPE_OF_SYMBOL = {
    "NĐ": "Nghị định", "NQ": "Nghị quyết", "TT": "Thông tư", "TTLT": "Thông tư liên tịch",
    "NQLT": "Nghị quyết liên tịch",
    "QĐ": "Quyết định", "CT": "Chỉ thị", "L": "Lệnh", "PL": "Pháp lệnh", "VBHN": "Văn bản hợp nhất", "QC": "Quy chế",
    "QYĐ": "Quy định", "TC": "Thông cáo", "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình",
    "CĐ": "Công điện",
    "GM": "Giấy mời", "GGT": "Giấy giới thiệu", "GUQ": "Giấy ủy quyền", "KL": "Kết luận", "CV": "Công văn",
}  # fmt: skip
# Printed alone in capitals above the title. Longer names first where one begins another.
TYPE_NAMES = tuple(
    sorted(
        {*TYPE_OF_SYMBOL.values(), "Hiến pháp", "Bộ luật", "Luật", "Thông tri", "Quy trình", "Điều lệ", "Sắc lệnh"}
        - {"Công văn"},
        key=len,
        reverse=True,
    )
)
# End of the symbol → issuer, for the bodies whose abbreviation the decrees fix.
ISSUER_OF_SYMBOL = {
    "CP": "Chính phủ", "TTg": "Thủ tướng Chính phủ", "QH": "Quốc hội", "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "CTN": "Chủ tịch nước", "VPQH": "Văn phòng Quốc hội", "VPCP": "Văn phòng Chính phủ",
}  # fmt: skip
