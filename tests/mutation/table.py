"""Planted faults: one line changed, and the tests of every run that look there."""

# ruff: noqa: E501

import runpy
from pathlib import Path
from typing import NamedTuple


class Mutant(NamedTuple):
    """Text that stands once in a file, what it becomes, the tests to run, and, for a fault that
    survives, why.
    """

    file: str
    old: str
    new: str
    tests: str
    why: str = ""


M = "models/fact_models/"
R = "models/fact_models/replay/"
BLOCK = (
    "tests/models/test_golden.py tests/models/test_block_is_replay.py "
    "tests/nets/test_second_formulation.py::test_intervals_overlap"
)
UNDERCUT = "tests/models/test_undercuts.py"
LAW = (
    "tests/models/test_replay_laws.py tests/models/test_replay_step.py "
    "tests/models/test_replay_acceptance.py tests/models/test_block_is_replay.py "
    "tests/models/test_verify.py"
)
MONEY = (
    "tests/models/test_replay_money.py tests/models/test_block_is_replay.py "
    "tests/models/test_verify.py"
)
PROMISE = (
    "tests/allocator/test_guarantee.py tests/models/test_replay_money.py "
    "tests/models/test_block_is_replay.py"
)
RULES = "tests/models/test_verify.py tests/nets/test_tampering.py"
SEARCH = (
    "tests/allocator/test_brute_force.py::test_equal_marginal_visits_by_hand "
    "tests/allocator/test_brute_force.py::test_least_cost_by_hand tests/nets/test_planted.py "
    "tests/nets/test_enumeration.py tests/allocator/test_certificate.py::test_the_gap_is_what_it_says"
)
EVERY_WORLD = "tests/allocator/test_certificate.py::test_every_world_gets_a_verified_plan"
SOLVER = "tests/allocator/test_highs.py"
TREE = (
    "tests/allocator/test_choosing.py tests/allocator/test_branching.py "
    "tests/allocator/test_certificate.py"
)
READ = "tests/allocator/test_reading.py tests/allocator/test_bad_input.py"
PLAN = (
    "tests/allocator/test_plan.py tests/allocator/test_writing.py tests/allocator/test_tables.py"
)
HANDED = "tests/allocator/replan/test_advance.py"

OF_THE_PROGRAM = (
    # Field
    Mutant(M + "field.py", "due = t - 1, t - accounts[a].opening_lead",
           "due = t - 1, t - accounts[a].opening_lead + 1", BLOCK),
    Mutant(M + "field.py", "for a in accounts) <= spec.accounts_max",
           "for a in accounts) <= spec.accounts_max + 1",
           BLOCK + " tests/allocator/test_brute_force.py::test_most_accounts_by_hand"),
    Mutant(M + "field.py", "<= accounts[a].hours_max * switch",
           "<= 1.1 * accounts[a].hours_max * switch",
           BLOCK + " tests/allocator/test_brute_force.py::test_most_live_hours_by_hand"),
    Mutant(M + "field.py", ">= accounts[a].hours_min * b.on[a, t]",
           ">= 0.5 * accounts[a].hours_min * b.on[a, t]",
           BLOCK + " tests/allocator/test_brute_force.py::test_fewest_live_hours_by_hand"),
    Mutant(M + "field.py", "arriving = sum(b.recommended[a, s, t] + others",
           "arriving = sum(b.distinct[a, s, t] + others", BLOCK),
    Mutant(M + "field.py", "== b.distinct[a, s, t] + others",
           "== b.recommended[a, s, t] + others", BLOCK),
    Mutant(M + "field.py", "money = b.boost_spend[i, t] / float(p.boost_cost[t])",
           "money = b.boost_spend[i, t]", BLOCK),
    Mutant(M + "field.py", "spread = spec.boosts[i].mix.get(s, 0.0) * float(p.traffic[s][t])",
           "spread = spec.boosts[i].mix.get(s, 0.0)", BLOCK),
    Mutant(M + "field.py", "kept = (1 - content.decay) * b.content_stock[t]",
           "kept = b.content_stock[t]", BLOCK),
    Mutant(M + "field.py", "found += (rates.follower_factor - 1) * cr",
           "found += rates.follower_factor * cr", BLOCK),
    Mutant(M + "field.py", "accounts[a].opening_cost * b.start[a, t]",
           "0.0 * b.start[a, t]", BLOCK),
    # Alliance
    Mutant(M + "alliance.py", "<= top.kept(spec, c, o, t) * b.offer",
           "<= 2 * top.kept(spec, c, o, t) * b.offer", BLOCK,
           "no plan changes: the kept creators have the same bound, and an offer is whole"),
    Mutant(M + "alliance.py", "stay = sum((1 - offer.churn) * b.kept[c, o, t]",
           "stay = sum(b.kept[c, o, t]", BLOCK),
    Mutant(M + "alliance.py", "offer.activation * b.samples[c, o, t - tier.lead]",
           "offer.activation * b.samples[c, o, t]", BLOCK),
    Mutant(M + "alliance.py",
           "return rate * spec.tiers[c].mix.get(s, 0.0) * float(p.traffic[s][t]) * b.visits",
           "return rate * spec.tiers[c].mix.get(s, 0.0) * b.visits", BLOCK),
    Mutant(M + "alliance.py", "return b.all_orders[s, t] == sum(",
           "return b.all_orders[s, t] == 2 * sum(", BLOCK),
    # Campaign and modes
    Mutant(
        M + "campaign.py",
        "return some == b.joined[e] if e in b.joined else some <= 1",
        "return some <= 2 * b.joined[e] if e in b.joined else some <= 1",
        BLOCK,
        "no plan changes: a period of the window has one mode (CA.4), and each package its own",
    ),
    Mutant(M + "campaign.py", "span[other][0] - span[e][1] <= spec.separation",
           "span[other][0] - span[e][1] < spec.separation",
           "tests/allocator/test_brute_force.py::test_separated_campaigns_by_hand"),
    Mutant(M + "campaign.py", "if entry.signup == t", "if entry.first == t", BLOCK),
    Mutant(M + "campaign.py", "return visits <= top.received(a, buyers, t) * b.mode[n, t]",
           "return visits <= 0.5 * top.received(a, buyers, t) * b.mode[n, t]", BLOCK),
    Mutant(M + "campaign.py", "factor = p.modes[t][n].order_factor",
           "factor = p.modes[t][n].price_factor", BLOCK),
    Mutant(M + "split.py", "return limit(rooms.most_shared(s, t), side, e, parts)",
           "return limit(0.5 * rooms.most_shared(s, t), side, e, parts)", BLOCK),
    Mutant(M + "campaign.py", "packages = tuple(mine[: n + 1])", "packages = (key,)", UNDERCUT),
    Mutant(M + "campaign.py", "if not sessions or sessions in against[n + 1 :]",
           "if not sessions or sessions in against", UNDERCUT),
    Mutant(M + "campaign.py", "if t <= d < t + length", "if t <= d <= t + length", UNDERCUT),
    Mutant(M + "split.py", "return limit(rooms.most_received(segments[e, t], t), side, e, parts)",
           "return limit(0.5 * rooms.most_received(segments[e, t], t), side, e, parts)", BLOCK),
    Mutant(M + "split.py", "without=None if side else e", "without=e", BLOCK),
    Mutant(M + "split.py", "return limit(kind.most(mine, t), side, e, parts)",
           "return limit(0.5 * kind.most(mine, t), side, e, parts)", BLOCK),
    Mutant(M + "split.py", "kind.worth[s] * amount(kind)", "abs(kind.worth[s]) * amount(kind)",
           "tests/models/test_program.py"),
    Mutant(M + "split.py", "getattr(b, kinds[key].within)[key[1:]]",
           "b.other[key[1:]]", BLOCK),
    Mutant(M + "bounds.py", "others += interest.harvest_max * top.interest[s][t] if interest else 0.0",
           "others += 0.0", BLOCK),
    Mutant(M + "bounds.py", "won = tier.won_before(t) if t < tier.lead else sampled",
           "won = tier.won_before(t) if t <= tier.lead else sampled", "tests/models/test_bounds.py"),
    Mutant(M + "bounds.py", "stay = max((1 - offer.churn) * min(pool, offer.supply)",
           "stay = min((1 - offer.churn) * min(pool, offer.supply)", "tests/models/test_bounds.py"),
    Mutant(M + "bounds.py", "join = np.maximum if spaced else np.add",
           "join = np.maximum", "tests/models/test_bounds.py"),
    Mutant(M + "bounds.py", "_gain(session, s) if t in session.dates else retained * mine[t]",
           "_gain(session, s) if t in session.dates else 0.0", "tests/models/test_bounds.py"),
    Mutant(M + "split.py", "known += rates.traffic_per_awareness * snowball.awareness[s, t]",
           "known += 0.0", BLOCK + " tests/allocator/test_brute_force.py::test_awareness_in_a_campaign_by_hand"),
    Mutant(M + "split.py", "found += rate / float(self.p.traffic[other][t]) * sold[other]",
           "found += 0.0", "tests/models/test_program.py"),
    Mutant(M + "split.py", "return b.traffic[e, s, t + 1] - earned - b.shared[e, s, t]",
           "return b.traffic[e, s, t + 1] - 0.9 * earned - b.shared[e, s, t]", BLOCK),
    # Top-KOL
    Mutant(M + "kol.py", "for key in _within(sessions, t, spec.spacing)) <= 1",
           "for key in _within(sessions, t, spec.spacing)) <= 2", BLOCK),
    Mutant(M + "kol.py", "lambda k: k.spec.acceptance * k.spec.own_visits.get(s, 0.0)",
           "lambda k: k.spec.own_visits.get(s, 0.0)",
           BLOCK + " tests/allocator/test_brute_force.py::test_visits_of_a_deal_by_hand"),
    Mutant(M + "kol.py", "lambda k: k.fee * (1 - k.spec.deposit_share)",
           "lambda k: k.fee * k.spec.deposit_share", BLOCK),
    Mutant(M + "kol.py", "if t - after in sessions[k].dates and sessions[k].fee_back_in_cash",
           "if t in sessions[k].dates and sessions[k].fee_back_in_cash", BLOCK),
    Mutant(M + "parameters.py", "missing = 1 - sold / (promise.roi * deal.fee) if promise.pro_rata else 1.0",
           "missing = sold / (promise.roi * deal.fee) if promise.pro_rata else 1.0", "tests/models/test_block_is_replay.py::test_same_rules_in_every_world " + BLOCK),
    Mutant(M + "kol.py", "return on_date(b, t, lambda k: k.fee_back)",
           "return on_date(b, t, lambda k: k.fee_back_in_cash)", PROMISE),
    Mutant(M + "parameters.py", "fee_back_in_cash=deal.acceptance * deal.fee * _share_back(deal, risk)",
           'fee_back_in_cash=deal.acceptance * deal.fee * _share_back(deal, "mean")', PROMISE),
    Mutant(M + "money.py", "kept_share * b.net_gmv[t] + takings.fee_back[t] - cost",
           "kept_share * b.net_gmv[t] - cost", PROMISE),
    Mutant(R + "kol.py", "received += amount * delayed(held, after, held.size)",
           "received += amount * delayed(held, 0, held.size)", PROMISE),
    Mutant(R + "kol.py", "short = np.maximum(promised - sold, 0.0)",
           "short = np.abs(promised - sold)", PROMISE),
    Mutant(R + "money.py", "back = kol.fee_back(f.kol, d.deal, w.outcome)",
           "back = kol.fee_back(f.kol, d.deal, f.kol.cash_outcome)", PROMISE),
    # Snowball
    Mutant(M + "snowball.py", "found += rates.persistence_served / market",
           "found += 0.0 / market", BLOCK),
    Mutant(M + "snowball.py", "found += rates.traffic_per_order / market",
           "found += rates.traffic_per_order", BLOCK),
    Mutant(M + "snowball.py", "x=b.contacts[s, t],\n                s=spec.segments[s].pool - b.followers[s, t],",
           "x=b.contacts[s, t],\n                s=spec.segments[s].pool - 0.0,", BLOCK),
    Mutant(M + "snowball.py", "(b.content_orders[s, t] + b.shelf_orders[s, t])",
           "b.content_orders[s, t]", BLOCK),
    Mutant(M + "snowball.py", "+ seeds - drained", "+ seeds", BLOCK),
    Mutant(M + "snowball.py", "x=b.followers[s, t] / rates.calibration_scale",
           "x=b.followers[s, t] * rates.calibration_scale", BLOCK),
    # Goods
    Mutant(M + "goods.py", "kept=gmv * (1 - pre - post)", "kept=gmv * (1 - pre)", BLOCK),
    Mutant(M + "goods.py", "(1 - pre - post + post * line.writeoff)",
           "(1 - pre - post - post * line.writeoff)", BLOCK),
    Mutant(M + "goods.py", "arrived = b.purchase[g, t - record.lead]",
           "arrived = b.purchase[g, t]", BLOCK),
    # Staff
    Mutant(M + "staff.py", "kept = (1 - role.attrition) * b.heads[j, t - 1]",
           "kept = b.heads[j, t - 1]", BLOCK),
    Mutant(M + "staff.py", "(1 - role.attrition) ** n * b.hires[j, t - role.hire_lead - n]",
           "b.hires[j, t - role.hire_lead - n]", "tests/models/test_block_is_replay.py::test_people_who_learn_count_alike_in_both_hands " + BLOCK),
    Mutant(M + "staff.py", "roles[i].covers[j] * b.cover[i, j, t]", "b.cover[i, j, t]",
           BLOCK + " tests/allocator/test_brute_force.py::test_covered_hours_by_hand"),
    Mutant(M + "staff.py", "paid += role.overtime_factor * rate * b.overtime",
           "paid += rate * b.overtime", BLOCK),
    # Money and objective
    Mutant(M + "money.py", "sum(b.total_spend[t] for t in times) + spec.past.spend() <= spec",
           "sum(b.total_spend[t] for t in times[1:]) + spec.past.spend() <= spec", BLOCK),
    Mutant(M + "money.py", "kept_share * b.net_gmv[t - n] - b.commission[t - n]",
           "kept_share * b.net_gmv[t - n]", BLOCK),
    Mutant(M + "money.py", "b.total_spend[t] - b.commission[t] + spec.overhead",
           "b.total_spend[t] + spec.overhead", BLOCK),
    Mutant(M + "money.py", "interest = cash.interest * (b.drawn[t - 1] if t else cash.drawn)",
           "interest = cash.interest * cash.drawn",
           BLOCK + " tests/allocator/test_brute_force.py::test_interest_on_credit_by_hand"),
    Mutant(M + "objective.py", "return sum(weight[t] * counted[t] for t in times)",
           "return sum(weight[t] * counted[t] for t in times[:-1])", BLOCK),
    # Replay
    Mutant(R + "field.py", "np.cumsum(delayed(start[n], lead, length))",
           "np.cumsum(delayed(start[n], lead + 1, length))", LAW),
    Mutant(R + "field.py", "effective = spend[n] / season.boost_cost", "effective = spend[n]", LAW),
    Mutant(R + "snowball.py", "counted = np.minimum(contacts, 2 * free)",
           "counted = np.minimum(contacts, free)", LAW),
    Mutant(R + "snowball.py", "(first + flows.shelf_orders)", "first", LAW),
    Mutant(R + "snowball.py", "+ field.share[:, None] * shared", "+ shared", LAW),
    Mutant(R + "campaign.py", "price_factor=1 - discount[:, None] * cover",
           "price_factor=1 - discount[:, None] * (cover > 0)", LAW),
    Mutant(R + "staff.py", "trained[n] -= (1 - skill) * (1 - role.attrition) ** age * recruits",
           "trained[n] -= (1 - skill) * recruits", LAW),
    Mutant(R + "money.py", "lost = (1 - pre - post) + post * g.writeoff",
           "lost = (1 - pre - post)", MONEY),
    Mutant(R + "money.py", "level += change[t] - cash.interest * drawn",
           "level += change[t]", MONEY),
    Mutant(R + "money.py", "receipts += share * delayed(due, n, due.size)",
           "receipts += share * delayed(due, 0, due.size)", MONEY),
    Mutant(R + "money.py", "f.staff.order_hours[:, None] * orders",
           "0.0 * f.staff.order_hours[:, None] * orders", MONEY),
    Mutant(R + "objective.py", "+ worth.customers @ w.customers[:, -1]",
           "+ worth.customers @ w.customers[:, -2]", LAW + " tests/models/test_terminal.py"),
    Mutant(R + "rules/check.py", "kept = relative <= self.tolerance",
           "kept = ~(relative > self.tolerance)", RULES),
    Mutant(R + "rules/money.py", 'total = spend.sum() + past.spend()',
           'total = spend[:-1].sum() + past.spend()', RULES),
    Mutant(R + "rules/money.py", "floor, book.cash + w.d.drawn, s.money)",
           "floor, book.cash + 2 * w.d.drawn + s.money, s.money)", RULES),
    Mutant(R + "kol.py", "due = facts.fee[n] * facts.deposit_share[n] * facts.deposit_due[n]",
           "due = facts.fee[n] * facts.deposit_due[n]", MONEY),
    Mutant(R + "kol.py", "part * np.where(pro_rata, missing, missing > 0)",
           "part * np.where(pro_rata, missing, missing >= 0)", MONEY),
    # Curves
    Mutant(M + "response.py", "return np.multiply(self.scale, np.log1p(x / self.half))",
           "return np.multiply(self.scale, np.log(1.001 + x / self.half))",
           "tests/models/test_response.py"),
    Mutant(M + "response.py", "return np.multiply(-self.scale, np.expm1(-x / self.rate_scale))",
           "return np.multiply(-self.scale, np.expm1(-1.01 * x / self.rate_scale))",
           "tests/models/test_response.py"),
    # Certificate
    Mutant("allocator/tangents.py", "rest = value - ratio * slope",
           "rest = value - 1.01 * ratio * slope", SEARCH),
    Mutant("allocator/tangents.py", "slope * terms.x.constant[which] + rest",
           "rest", SEARCH,
           "equivalent: no term of the program has a constant in x"),
    Mutant("allocator/finding.py", "if not check.ok:", "if False:", SEARCH),
    Mutant("allocator/certificate.py", "if bound < value - REFUTED * max(abs(value), 1.0):",
           "if False:", TREE),
    Mutant("allocator/branching.py", "(False, {column: (low, math.floor(value))}),",
           "(False, {column: (low, math.floor(value) - 1)}),", TREE),
    Mutant("allocator/branching.py", "self.settled = max(self.settled, min(cutoff, parent.bound))",
           "self.settled = max(self.settled, min(0.98 * cutoff, parent.bound))", TREE),
    Mutant("allocator/branching.py", "if outcome.status is Status.INFEASIBLE or outcome.bound <= cutoff:",
           "if outcome.status is Status.INFEASIBLE or outcome.bound <= 1.02 * cutoff:", TREE),
    Mutant("allocator/choosing.py", "return Choice(columns, None, forced=low >= high) if one else None",
           "return Choice(columns, None, forced=False) if one else None", TREE),
    Mutant("allocator/choosing.py", "least = self._up @ lower + self._down @ upper",
           "least = self._up @ lower + self._down @ lower", TREE,
           "which choices a dive makes at once: costs plans and time, no bound"),
    Mutant("allocator/diving.py", "fixes.update(whole_fixes(x, self.strategic))",
           "fixes.update({})", TREE,
           "the columns are whole there already; a later step rounds them all"),
    Mutant("allocator/finding.py", 'accept="trim", known=self.facts',
           'accept="planned", known=self.facts', EVERY_WORLD,
           "a plan polished to the last digit needs no trimming; it lets plans through earlier, "
           "which only the clock shows"),
    Mutant("allocator/plan.py",
           "return objective >= bound - slack if goal == \"cost\" else objective <= bound + slack",
           "return objective >= bound - slack or objective <= bound + slack", PLAN),
    Mutant("allocator/plan.py", "return abs(bound - objective) / max(abs(bound), abs(objective), 1.0)",
           "return abs(bound - objective) / (abs(bound) + abs(objective) + 1.0)",
           PLAN + " " + SEARCH),
    # The solver's driver
    Mutant("allocator/matrix.py", "return low - slack[:, 0], high + slack[:, 1]",
           "return low, high", SOLVER),
    Mutant("allocator/matrix.py", "bad = ~(np.abs(rows.data) < LARGEST)",
           "bad = np.abs(rows.data) >= LARGEST", SOLVER),
    Mutant("allocator/highs/running.py", "OLDEST = (1, 16, 0)", "OLDEST = (1, 15, 1)", SOLVER),
    Mutant("allocator/highs/engine.py", "check_counts(highs, model)\n        return highs",
           "return highs", SOLVER),
    Mutant("allocator/residues.py", "if abs(data[place]) <= RELATIVE * terms.get(",
           "if abs(data[place]) < 0 * terms.get(", "tests/allocator/test_residues.py"),
    Mutant("allocator/residues.py", "| (largest[row] < SLIGHT)", "", "tests/allocator/test_residues.py"),
    Mutant("allocator/handover.py", "if found.size and found.max() > LARGEST_LINK:",
           "if found.size and found.min() > LARGEST_LINK:", "tests/allocator/test_handover.py"),
    # Readers and writers
    Mutant("allocator/tree.py", "if abs(int(text)) > EXACT:", "if int(text) > EXACT:", READ),
    Mutant("allocator/tree.py", "return value + 0.0", "return value", READ),
    Mutant("allocator/reading.py", "if len(content) > limit:", "if len(content) > 2 * limit:", READ),
    Mutant("allocator/reading.py", "found = _look_alikes(tree)", "found: list[Problem] = []", READ),
    Mutant("allocator/reading.py", "return value + 0.0 if isinstance(value, float) else value",
           "return value", "tests/allocator/test_reading.py::test_a_zero_is_written_without_a_sign " + READ),
    Mutant("allocator/writing.py", "            os.fsync(file.fileno())\n", "",
           "tests/allocator/test_writing.py"),
    Mutant("allocator/stating.py",
           'if stated != {"name": instance.name, "sha256": canonical_sha256(instance)}:',
           'if stated["name"] != instance.name:', PLAN),
    Mutant(M + "spec/calendar.py", "return when - 1", "return when",
           "tests/models/test_spec.py tests/models/test_checks.py"),
    Mutant(M + "spec/kol.py", "return 0.3 * self.p10 + 0.4 * self.p50 + 0.3 * self.p90",
           "return self.p50",
           "tests/models/test_spec.py tests/models/test_replay_money.py " + BLOCK),
    # A plan under way
    Mutant(M + "field.py", "decided = 1.0 if p.opens.get(a) == t else 0.0",
           "decided = 1.0 if p.opens.get(a) == t - 1 else 0.0", HANDED),
    Mutant(M + "goods.py", "arrived += record.arriving[t] if t < len(record.arriving) else 0.0",
           "arrived += 0.0", HANDED),
    Mutant(M + "staff.py", "return role.joining[t] if t < len(role.joining) else 0",
           "return 0", HANDED),
    Mutant(M + "money.py", "cash.interest * (b.drawn[t - 1] if t else cash.drawn)",
           "cash.interest * (b.drawn[t - 1] if t else 0.0)", HANDED),
    Mutant(M + "parameters.py", "free = max([-1, *(t + lever.spacing - 1 for t in held.values())])",
           "free = max([-1, *(t + lever.spacing for t in held.values())])", HANDED),
    Mutant(R + "staff.py", "before = facts.learning[n, :age][::-1]",
           "before = facts.learning[n, :age]", HANDED),
    Mutant(R + "kol.py", "found *= t - held >= instance.kol.spacing",
           "found *= t - held > instance.kol.spacing", HANDED),
    Mutant(R + "campaign.py", "factor[(t > at.last) & (t <= at.last + campaign.post_dip.periods)] = 1 - deep",
           "factor[(t > at.last) & (t < at.last + campaign.post_dip.periods)] = 1 - deep", HANDED),
    Mutant("allocator/replan/past.py", "for n in range(t + 1, len(shares)) if k + t >= n",
           "for n in range(t, len(shares)) if k + t >= n", HANDED),
    Mutant("allocator/replan/past.py", "+ float(fees[t])", "+ 0.0", HANDED),
    Mutant("allocator/replan/advance.py", "held[0] - kol.lead[n] < k", "held[0] - kol.lead[n] <= k", HANDED),
    Mutant("allocator/replan/past.py", "cash[\"opening\"] = float(balance[k - 1])",
           "cash[\"opening\"] = float(balance[k])", HANDED),
)  # fmt: skip

_OTHERS = runpy.run_path(str(Path(__file__).with_name("questions.py")))["ROWS"]
MUTANTS = (*OF_THE_PROGRAM, *(Mutant(*row) for row in _OTHERS))
