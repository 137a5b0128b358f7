"""Planted faults of what is asked around a plan: text, what it becomes, tests, as in ``table``.

Plain rows: ``run.py`` must not import the project that it plants faults in.
"""

# ruff: noqa: E501

M = "models/fact_models/"
R = "models/fact_models/replay/"
REPLAN = "tests/allocator/replan/test_replan.py"
ORIGINS = "tests/models/test_provenance.py tests/allocator/reasons/test_attribution.py"
PRICES = "tests/allocator/reasons/test_prices.py"
CLASHES = "tests/allocator/conflicts/test_conflicts.py"
START = "tests/allocator/start/test_start.py"
DOUBT = "tests/allocator/doubt/test_measures.py tests/allocator/doubt/test_hedge.py"
SCORE = "tests/allocator/doubt/test_score.py"
FIT = (
    "tests/models/ensemble/test_course.py tests/allocator/fit/test_history.py "
    "tests/allocator/fit/test_learning.py"
)
CURVES = (
    "tests/models/allocation tests/allocator/test_allocate_dp.py tests/allocator/test_allocate.py"
)
ASKED = (
    "tests/allocator/test_alternatives.py tests/allocator/test_sensitivity.py "
    "tests/allocator/test_choices.py tests/allocator/test_baselines.py"
)

ROWS = (
    # What earlier weeks took
    ("allocator/doubt/score.py", "+ money.past.spend()", "+ 0.0 * money.past.spend()", "tests/allocator/doubt/test_score.py::test_limits_of_the_whole_horizon_count_earlier_weeks"),
    ("allocator/variants/sketches.py", "max(money.budget - money.past.spend(), 0.0)", "money.budget", "tests/allocator/test_baselines.py::test_sketches_spend_what_is_left_of_the_budget"),
    ("allocator/conflicts/arithmetic.py", "money.budget - money.past.spend()", "money.budget", CLASHES + "::test_what_earlier_weeks_took_is_gone"),
    # Rooms and trials
    (M + "reception.py", "more = at_a > 0", "more = at_a < 0", "tests/models/test_reception.py"),
    ("allocator/experiments/pulses.py", "return gain if gain.mean() > 0 else np.zeros_like(gain)", "return gain", "tests/allocator/experiments/test_experiments.py"),
    ("allocator/replan/replanned.py", "if made and len(made) >= len(at_best):", "if made and len(made) > len(at_best):", REPLAN),
    # Re-planning
    ("allocator/replan/stability.py", "total += float(abs(a - b).sum()) / size",
     "total += float((a - b).sum()) / size", REPLAN),
    ("allocator/replan/changes.py", "best = worth if best is None else min(best, worth)",
     "best = worth if best is None else max(best, worth)", "tests/allocator/replan/test_replan.py::test_undoing_a_change_is_judged_by_the_best_that_follows " + REPLAN),
    ("allocator/replan/figures.py", 'found["cash"] = states.cash[t] + states.decisions.drawn[t]',
     'found["cash"] = states.cash[t]', "tests/allocator/replan/test_replan.py::test_cash_of_a_week_counts_the_credit_drawn " + REPLAN),
    # Where GMV comes from
    (R + "provenance/mixing.py", "share = np.divide(ratio * np.exp(-ratio), top",
     "share = np.divide(ratio, top", ORIGINS),
    (R + "provenance/step.py", "shared + alpha * law.spill * others.creator_orders * per",
     "shared + alpha * others.creator_orders * per", ORIGINS),
    (R + "provenance/rooms.py", "found += (law.follower_factor - 1) * plain * returning",
     "found += law.follower_factor * plain * returning", ORIGINS),
    ("allocator/reasons/attribution.py",
     "math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n)",
     "1 / 2 ** (n - 1)", "tests/allocator/reasons/test_attribution.py::test_shapley_adds_up_where_all_levers_meet " + ORIGINS),
    # Prices
    ("allocator/reasons/prices.py", "(outcome.objective - of.value) / step",
     "(outcome.objective - of.value) / abs(step)", PRICES),
    ("allocator/reasons/prices.py",
     "rows[unit.rows] @ unit.by + columns[unit.columns] @ unit.most",
     "rows[unit.rows] @ unit.by", PRICES),
    ("allocator/reasons/marginals.py", "paid = one.amount * one.cost", "paid = one.amount", PRICES),
    # Why there is no plan
    ("allocator/conflicts/arithmetic.py",
     "heads = (heads if t == 0 else (1 - role.attrition) * heads) + arriving[t]",
     "heads = heads + arriving[t]", CLASHES),
    ("allocator/conflicts/arithmetic.py",
     "due = np.cumsum(least_spend(instance) + money.overhead)",
     "due = np.cumsum(least_spend(instance))", CLASHES),
    ("allocator/conflicts/nearest.py",
     "self.weights[rule.kind] / rule.size)", "self.weights[rule.kind])", CLASHES),
    ("allocator/conflicts/nearest.py",
     "if rule.path in self.shut:", "if False:", CLASHES),
    # Starts
    ("allocator/start/volumes.py",
     "ads=views if week.ad_spend is None or ads == 0 else week.ad_spend / ads",
     "ads=views", START),
    ("allocator/start/volumes.py", 'by = week.hours / before', "by = before / week.hours", START),
    ("allocator/start/volumes.py", 'stretch(account["reception"], more, more)',
     'stretch(account["reception"], 1.0, 1.0)', "tests/allocator/start/test_start.py::test_fewer_rooms_keep_the_traffic " + START),
    ("allocator/start/ranges.py", "low = min([*others, (1 - QUARTER) * value])",
     "low = min([*others, (1 + QUARTER) * value])", "tests/allocator/start/test_start.py::test_a_span_holds_a_quarter_either_way_and_the_others " + START),
    ("allocator/weekly/reading.py", "return found - timedelta(days=found.weekday())",
     "return found", "tests/allocator/weekly " + START),
    # Doubt
    ("allocator/doubt/measures.py", "probability @ best - np.max(best - values)",
     "probability @ best - np.mean(best - values)", DOUBT),
    ("allocator/doubt/measures.py",
     "self.tail - np.cumsum(probability[order]) + probability[order]",
     "self.tail - np.cumsum(probability[order])", DOUBT),
    ("allocator/doubt/extensive.py", "-odds.probability / measure.tail",
     "-odds.probability", "tests/allocator/doubt/test_hedge.py::test_the_extensive_form_closes_the_gap " + DOUBT + " tests/nets/test_scenarios.py"),
    ("allocator/doubt/extensive.py", "odds.probability @ odds.best - odds.best",
     "-odds.best", DOUBT + " tests/nets/test_scenarios.py"),
    ("allocator/doubt/outlooks.py", "sure = self.value - self.measured(outlook.bounds)",
     "sure = self.value - self.measured(outlook.values)", "tests/allocator/doubt/test_hedge.py::test_vss_is_told_from_what_is_proved_to_what_plans_tell " + DOUBT),
    ("allocator/doubt/worlds.py", "return float(np.dot(weight, values))",
     "return float(np.mean(values))", DOUBT),
    ("allocator/doubt/score.py", "short = states.need + d.cover.sum(axis=1) - there",
     "short = states.need - there", "tests/allocator/doubt/test_score.py::test_hours_given_to_another_role_are_missing_at_home " + SCORE),
    ("allocator/doubt/score.py", "states.cash + states.decisions.drawn", "states.cash", "tests/allocator/doubt/test_score.py::test_cash_in_a_world_counts_the_credit_drawn " + SCORE),
    # Learning and trials
    ("allocator/fit/forecast.py", "shocks = post.shock * rng.standard_normal(shape)",
     "shocks = 0.0 * rng.standard_normal(shape)", "tests/allocator/fit/test_learning.py::test_a_forecast_knows_of_shocks_to_come " + FIT),
    ("allocator/fit/observed.py", "values = values[1:]", "values = values[:-1]", "tests/allocator/fit/test_learning.py::test_followers_are_seen_at_the_end_of_a_week " + FIT),
    ("allocator/fit/search.py",
     "return 0.5 * float(self.fixed @ off**2 + z @ z)",
     "return 0.5 * float(self.fixed @ off**2)", "tests/allocator/fit/test_learning.py::test_the_slope_of_the_sum_is_that_of_its_value " + FIT),
    (M + "ensemble/course.py", "own = c.market[t] * traffic", "own = traffic", FIT),
    ("allocator/experiments/choice.py",
     "(self.worth.max(axis=1) - self.worth[:, self.best]).mean()",
     "(self.worth.max(axis=1) - self.worth[:, self.best]).max()",
     "tests/allocator/experiments"),
    # Other questions
    (M + "variants.py", "step - b.more[j, t] + b.less[j, t] == 0",
     "step - b.more[j, t] - b.less[j, t] == 0",
     "tests/models/test_variants.py " + ASKED),
    ("allocator/alternatives/seeking.py", '(apart.max(axis=-1) > 0.5).sum() / 2 if name == "offer"',
     '(apart.max(axis=-1) > 0.5).sum() if name == "offer"', "tests/allocator/test_alternatives.py::test_a_contract_counts_once " + ASKED),
    ("allocator/sensitivity/worlds.py", "shares = [shares[0] + shares[1], *shares[2:]]",
     "shares = [*shares[1:], shares[0]]", ASKED),
    ("allocator/variants/sketches.py",
     "free = max(g.budget - float(states.spend[\"team\"].sum()), 0.0)",
     "free = g.budget", "tests/allocator/test_baselines.py::test_the_idle_team_is_paid_before_money_is_split " + ASKED),
    ("allocator/frontiers/points.py", "net = low - cost", "net = low",
     "tests/allocator/test_frontier.py"),
    # Curves alone
    (M + "allocation/bounds.py", "gain = self.worth(spend) - price * (spend + self.fixed)",
     "gain = self.worth(spend) - price * spend", CURVES),
    (M + "allocation/bounds.py", "slope @ (a - terms.base)", "slope @ a", "tests/models/allocation/test_allocation_models.py::test_tangents_bound_what_earlier_spend_adds_too " + CURVES),
    (M + "allocation/cells.py", "weights = carryover.rate ** np.arange(every)",
     "weights = carryover.rate ** np.arange(1, every + 1)", CURVES),
    (M + "allocation/replay.py", "lags = np.arange(series.size if carry.lags is None else carry.lags + 1)",
     "lags = np.arange(series.size if carry.lags is None else carry.lags)", CURVES),
    # Workbooks and batches
    ("allocator/workbook/guard.py", 'if len({entry.filename.replace("\\\\", "/").lower() for entry in entries}) < len(entries):',
     "if False:", "tests/allocator/workbook/test_guard.py"),
    ("allocator/workbook/guard.py", "if name not in sheets.values() and _CELLS in text:",
     "if False:", "tests/allocator/workbook/test_guard.py"),
    ("allocator/workbook/guard.py", "if named is not None and place is None:",
     "if False:", "tests/allocator/workbook/test_guard.py"),
    ("allocator/workbook/reading.py", "if name not in unusual:",
     "if name in ():", "tests/allocator/workbook/test_reading.py"),
    ("allocator/run_record.py", 'return not found["plan"] or found["plan"] == sha256_of(folder / FILE_NAME)',
     "return True", "tests/allocator/test_batch.py"),
)  # fmt: skip
