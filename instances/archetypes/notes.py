"""Words of the archetype files: notes, what is assumed, comments by field."""

NOTE = {
    "micro-factory": (
        "A source factory for daily goods that has just come to the platform: three "
        "people, one room, a few small"
        "creators. Built from instances/archetypes/table.json; no merchant's books "
        "stand behind it."
    ),
    "growing-apparel": (
        "A growing women's wear merchant: two rooms, 17 people, high refunds. Built from "
        "instances/archetypes/table.json; no merchant's books stand behind it."
    ),
    "beauty-brand": (
        "A beauty brand: four rooms, 96 people, half of the visits paid. Built from "
        "instances/archetypes/table.json;"
        "no merchant's books stand behind it."
    ),
    "snack-alliance": (
        "A snack brand that sells mainly through creators: two rooms, 28 people, low "
        "margin. Built from"
        "instances/archetypes/table.json; no merchant's books stand behind it."
    ),
}

ASSUMED = [
    (
        "all figures of table.json: unit economics, traffic, creators, staff, cash lie "
        "within public ranges, none is measured"
    ),
    (
        "growth of recommended traffic and its saturation: fitted to a logistic law whose "
        "rate is assumed"
    ),
    (
        "shares of visits, followers and customers by segment, their conversions relative "
        "to one another, their pools"
    ),
    "calibration gain, quality gain, conversion of interested people, seeding rates, harvest",
    (
        "reception at 1.4 times the first week's visits, the elasticity of live hours, "
        "factors of the parts of the day"
    ),
    "split of the boosts over channels, content stock and its decay, short video team's output",
    (
        "creators' conversion and audience mix, saturation of a tier, what other terms "
        "change, staff hours per creator"
    ),
    (
        "uplift, extra visits, dips, fees and staff hours of the promotions; dates of 2026 "
        "are projections"
    ),
    "outcomes of KOL deals, their refunds, halo, new followers and spill into own rooms",
    "hours of a head, cover, ramp, overtime, prices of outsourced hours, staff hours per order",
]

NOTES = {
    "calendar": "Weeks; 2026-W01 starts on 2025-12-29.",
    "season": (
        "Spring-Festival stop; in promotion windows the part of the demand that every merchant\n"
        "gets, and dearer boosts. Dates of 2026 are projections (table.json, calendar_2026)."
    ),
    "snowball": (
        "Visits = GMV / (price x conversion). Fitted to the table's first week and its growth law."
    ),
    "snowball.interest": "Filled so that harvest gives 15 % of the table's paid orders.",
    "snowball.shelf": (
        "Search, mall and product cards: the table's shelf GMV per CNY of content GMV."
    ),
    "goods": "Unit economics of the table; per order. Refund shares are of paid orders.",
    "field": "Rooms of today share the table's natural views; the others can be opened.",
    "field.accounts.*.reception": "Receives 1.4 times the first week's visits in today's hours.",
    "field.boosts.*.curve": "Today's visits, and the table's elasticity at its reference spend.",
    "field.overlap": (
        "A second room adds 70 % of one that stands alone, a third 55 %, a fourth 45 %."
    ),
    "alliance": "Active creators, their GMV, commission, samples, activation, churn of the table.",
    "campaign": "Promotions of 2026 in the horizon; the merchant pays the discount.",
    "kol": "The table's menu; the dates of the sessions are assumed.",
    "staff": "Heads and loaded weekly pay of the table.",
    "money": (
        "Budget: payroll, boosts, samples and commission of the first week x weeks,\n"
        "10-20 % more, and the KOL budget pro rata."
    ),
    "money.cash": "Receivables of earlier sales arrive while the first orders settle.",
}
