"""What the table does not say: the assumed figures with which a merchant of it becomes an
instance.

Rates are per week, money in CNY. docs/decisions/0001-archetype-mapping.md gives the reasons.
"""

from typing import Any

Choice = dict[str, Any]

SEGMENTS = ("core", "adjacent", "new")
"""Who follows and buys today, who resembles them, who has not been reached."""

NATURAL = (0.55, 0.33, 0.12)
FOLLOWERS = (0.70, 0.25, 0.05)
CEILING = (0.50, 0.33, 0.17)
CONVERSION = (1.15, 0.90, 0.65)
"""Relative to one another; scaled so that the natural visits' average is the table's rate."""
PAID = (0.45, 0.35, 0.20)
GROWTH = (0.003, -0.002)
"""Core's and adjacent's weekly growth relative to the merchant's; new balances them."""
MATCHED = (0.40, 0.25, 0.10)
"""Share of the visits that the platform matches precisely in the first week."""

CALIBRATION_GAIN = 0.30
QUALITY_GAIN = 0.25
SKILLED = 0.4
"""Skilled hours relative to live hours: today's, and at most."""
WELL_MOST = 0.8
"""Largest share of a room's present visits that skilled hours can receive well."""
WELL_HOURS = 0.8
"""Skilled hours, relative to today's live hours, that bring 63 % of it."""
INTERESTED = 4.0
HARVEST_SHARE = 0.15
"""Share of the table's paid orders that comes from harvesting interested people."""
HARVEST_MAX = 0.25
INTEREST_DECAY = 0.15
PERSISTENCE_SERVED = 0.05
CONTACT_FEEDBACK = 0.02
LOOKALIKE = 0.05
RESERVE = 1.4
"""Visits that today's live hours could receive, relative to today's."""
ROOM = 1.25
"""Visits that a room brings before rooms overlap, relative to a room's present visits."""
OVERLAP = (1.0, 0.70, 0.55, 0.45, 0.40, 0.35, 0.30)
SHARE_OPEN = 0.8
AWARENESS_RETENTION = 0.5 ** (1 / 3)
HALO = 0.25
POINT = 1000.0
"""An awareness point is the halo of so much direct GMV at the halo ratio ``HALO``."""

CREATOR_MIX = {
    "tail": (0.35, 0.45, 0.20),
    "mid": (0.30, 0.40, 0.30),
    "shoulder": (0.25, 0.35, 0.40),
}
CREATOR_LABEL = {"tail": "尾部达人", "mid": "腰部达人", "shoulder": "肩部达人"}
SAMPLE_HOURS = {"tail": 0.6, "mid": 1.5, "shoulder": 4.0}
UPKEEP_HOURS = {"tail": 0.25, "mid": 0.6, "shoulder": 2.0}
CREATOR_LEAD = {"tail": 1, "mid": 2, "shoulder": 2}

SLOTS_LONG = {"day": (63, 0.90), "prime": (35, 1.28), "late": (21, 0.80)}
SLOTS_SHORT = {"day": (42, 0.95), "prime": (28, 1.15)}
"""Live hours that fit into a part of the day and week, visits per hour relative to an ordinary
one."""

CHOICES: dict[str, Choice] = {
    "micro-factory": {
        "headroom": 1.2,
        "order_feedback": 0.12,
        "follower_feedback": 0.010,
        "pools": (60, 200, 1500),
        "creator_conversion": 0.014,
        "saturation": {"tail": 25, "mid": 6},
        "slots": SLOTS_SHORT,
        "rooms": [("factory_owner", "persona", 0.8, 8000, 150)],
        "room_label": "工厂主店",
        "live_share": 1.0,
        "content": None,
        "crew_live": {"host": 1.0, "owner": 0.25},
        "crew_skilled": {"owner": 0.5},
        "crew_ads": {"owner": 2 / 300},
        "crew_creator": "assistant",
        "service": "assistant",
        "service_hours": 0.05,
        "crew_deal": {"owner": 6},
        "crew_campaign": {
            "light": {"assistant": 3, "owner": 2},
            "full": {"assistant": 8, "owner": 4},
        },
        "fees": {"light": 0, "full": 300},
        "roles": {
            "owner": (
                "owner_operator",
                "老板兼运营",
                48,
                {"covers": {"host": 0.7, "assistant": 0.9}},
            ),
            "host": (
                "host",
                "主播",
                24,
                {"hires_max": 1, "hires_total": 1, "outsource_max": 6, "outsource_price": 150},
            ),
            "assistant": (
                "assistant_packer_cs",
                "助理 打包 客服",
                44,
                {"overtime_share": 0.2, "outsource_max": 40, "outsource_price": 30},
            ),
        },
        "boost_premium": 1.2,
    },
    "growing-apparel": {
        "headroom": 1.12,
        "order_feedback": 0.08,
        "follower_feedback": 0.035,
        "pools": (12, 40, 300),
        "creator_conversion": 0.012,
        "saturation": {"tail": 100, "mid": 10},
        "slots": SLOTS_LONG,
        "rooms": [
            ("workwear", "category", 0.8, 30000, 1500),
            ("designer", "persona", 0.6, 40000, 2000),
        ],
        "room_label": "女装旗舰",
        "live_share": 0.7,
        "content": {"made": 10, "price": 800},
        "crew_live": {"host": 1.0, "co_host": 0.5, "floor_control": 0.75, "operator": 0.25},
        "crew_skilled": {"host": 0.25, "co_host": 0.25, "floor_control": 0.1, "operator": 0.1},
        "crew_ads": {"ad_buyer": 26 / 30000},
        "crew_creator": "creator_bd",
        "service": "customer_service",
        "service_hours": 0.015,
        "crew_deal": {"merchandiser": 12, "creator_bd": 4},
        "crew_campaign": {
            "light": {"customer_service": 6, "merchandiser": 6},
            "full": {"customer_service": 16, "merchandiser": 12, "operator": 6},
        },
        "fees": {"light": 1000, "full": 5000},
        "roles": {
            "host": (
                "host",
                "主播",
                24,
                {"hires_max": 2, "outsource_max": 24, "outsource_price": 220},
            ),
            "co_host": ("co_host", "副播", 30, {"hires_max": 1}),
            "floor_control": ("floor_control", "场控", 40, {"hires_max": 1}),
            "operator": ("operator", "运营", 40, {}),
            "ad_buyer": ("ad_buyer", "投手", 40, {}),
            "video": ("video", "编导剪辑", 40, {"hires_max": 1}),
            "creator_bd": ("creator_bd", "达人商务", 40, {"hires_max": 1}),
            "customer_service": (
                "customer_service",
                "客服",
                40,
                {"outsource_max": 120, "outsource_price": 40},
            ),
            "merchandiser": ("merchandiser", "商品", 40, {}),
        },
        "boost_premium": 1.25,
    },
    "beauty-brand": {
        "headroom": 1.1,
        "order_feedback": 0.05,
        "follower_feedback": 0.03,
        "pools": (10, 30, 200),
        "creator_conversion": 0.010,
        "saturation": {"tail": 550, "mid": 100, "shoulder": 10},
        "slots": {"day": (63, 0.90), "prime": (35, 1.28), "late": (28, 0.75)},
        "rooms": [
            ("makeup", "category", 0.8, 200000, 10000),
            ("founder", "persona", 0.6, 250000, 15000),
        ],
        "room_label": "美妆",
        "live_share": 0.7,
        "content": {"made": 70, "price": 3000},
        "crew_live": {"host": 1.0, "co_host": 0.7, "floor_control": 1.0, "operator": 0.5},
        "crew_skilled": {"host": 0.25, "co_host": 0.1, "operator": 0.2, "video": 0.1},
        "crew_ads": {"ad_buyer": 150 / 1000000},
        "crew_creator": "creator_bd",
        "service": "customer_service",
        "service_hours": 0.011,
        "crew_deal": {"kol_pr": 30},
        "crew_campaign": {
            "light": {"customer_service": 40, "kol_pr": 5},
            "full": {"customer_service": 120, "operator": 40, "kol_pr": 10},
        },
        "fees": {"light": 20000, "full": 100000},
        "roles": {
            "host": (
                "host",
                "主播",
                24,
                {"hires_max": 8, "outsource_max": 100, "outsource_price": 300},
            ),
            "co_host": ("co_host", "副播", 30, {"hires_max": 4}),
            "floor_control": ("floor_control", "场控", 40, {"hires_max": 3}),
            "operator": ("operator", "运营", 40, {"hires_max": 2}),
            "ad_buyer": ("ad_buyer", "投手", 40, {}),
            "video": ("video", "编导剪辑", 40, {"hires_max": 3}),
            "creator_bd": ("creator_bd", "达人商务", 40, {"hires_max": 2}),
            "customer_service": (
                "customer_service",
                "客服",
                40,
                {"outsource_max": 1200, "outsource_price": 45},
            ),
            "kol_pr": ("kol_pr", "头部合作", 40, {}),
        },
        "boost_premium": 1.3,
    },
    "snack-alliance": {
        "headroom": 1.15,
        "order_feedback": 0.08,
        "follower_feedback": 0.03,
        "pools": (15, 50, 400),
        "creator_conversion": 0.018,
        "saturation": {"tail": 950, "mid": 90, "shoulder": 8},
        "slots": SLOTS_LONG,
        "rooms": [
            ("gift_box", "category", 0.6, 40000, 1500),
            ("snack_lab", "persona", 0.5, 40000, 1500),
        ],
        "room_label": "零食旗舰",
        "live_share": 0.7,
        "content": {"made": 20, "price": 800},
        "crew_live": {"host": 1.0, "floor_control": 0.6, "operator": 0.35},
        "crew_skilled": {"host": 0.15, "operator": 0.3, "video": 0.1},
        "crew_ads": {"ad_buyer": 28 / 25000},
        "crew_creator": "creator_bd",
        "service": "customer_service",
        "service_hours": 0.0035,
        "crew_deal": {"creator_bd": 20},
        "crew_campaign": {
            "light": {"customer_service": 10, "operator": 6},
            "full": {"customer_service": 30, "operator": 16},
        },
        "fees": {"light": 2000, "full": 10000},
        "roles": {
            "host": (
                "host",
                "主播",
                24,
                {"hires_max": 2, "outsource_max": 24, "outsource_price": 180},
            ),
            "floor_control": ("floor_control", "场控", 40, {"hires_max": 1}),
            "operator": ("operator", "运营", 40, {}),
            "ad_buyer": ("ad_buyer", "投手", 40, {}),
            "video": ("video", "编导剪辑", 40, {"hires_max": 1}),
            "creator_bd": ("creator_bd", "达人商务", 40, {"hires_max": 2}),
            "customer_service": (
                "customer_service",
                "客服",
                40,
                {"outsource_max": 400, "outsource_price": 35},
            ),
        },
        "boost_premium": 1.2,
    },
}

RAMP = {"host": [0.5, 0.5, 0.75, 0.75, 0.9, 0.9]}
HIRE_COST = 2000.0
