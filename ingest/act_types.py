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
    "BCA": "Bộ Công an", "BQP": "Bộ Quốc phòng", "BNG": "Bộ Ngoại giao", "BNV": "Bộ Nội vụ", "BTP": "Bộ Tư pháp",
    "BTC": "Bộ Tài chính", "BCT": "Bộ Công Thương", "BXD": "Bộ Xây dựng", "BYT": "Bộ Y tế",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch", "BKHCN": "Bộ Khoa học và Công nghệ",
    "BGDĐT": "Bộ Giáo dục và Đào tạo", "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BDTTG": "Bộ Dân tộc và Tôn giáo", "TTCP": "Thanh tra Chính phủ", "NHNN": "Ngân hàng Nhà nước Việt Nam",
    # Merged into others in 2025; their acts live on.
    "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội", "BGTVT": "Bộ Giao thông vận tải",
    "BTNMT": "Bộ Tài nguyên và Môi trường", "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BTTTT": "Bộ Thông tin và Truyền thông", "BKHĐT": "Bộ Kế hoạch và Đầu tư", "UBDT": "Ủy ban Dân tộc",
    "TANDTC": "Tòa án nhân dân tối cao", "VKSNDTC": "Viện kiểm sát nhân dân tối cao", "KTNN": "Kiểm toán nhà nước",
}  # fmt: skip
