"""Trials: what a lesson is worth, by hand and on a planted merchant."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from allocator.cli import app
from allocator.experiments.choice import Choice, saved
from allocator.experiments.levers import Lever
from allocator.experiments.pulses import Experiments, experiments
from allocator.fit.figures import today
from allocator.fit.posterior import posterior
from allocator.fit.weeks import weeks_of
from allocator.reading import dump_json
from fact_models.replay import facts
from tests.allocator.fit.planted import believed, planted, written

LEVER = Lever("boost feed", "boost", 0, 100.0, 200.0, 1.0)


def gamble(count: int) -> tuple[Choice, np.ndarray]:
    """Two levels worth 0 and s, s = -1 or 3 with even chances; s itself."""
    state = np.where(np.arange(count) % 2 == 0, -1.0, 3.0)
    rng = np.random.default_rng(1)
    rng.shuffle(state)
    return Choice(LEVER, [1.0, 2.0], np.stack([np.zeros(count), state], axis=1)), state


def test_regret_by_hand() -> None:
    """Level 2 is worth 1 on average; who knows avoids -1 half the time: regret 0.5."""
    made, _ = gamble(1000)
    assert made.best == 1
    assert made.regret == pytest.approx(0.5)


def test_a_clear_lesson_saves_the_regret_and_noise_saves_nothing() -> None:
    """Seeing s saves all 0.5; seeing chance saves nothing beyond chance."""
    made, state = gamble(1000)
    rng = np.random.default_rng(2)
    assert saved(made, state[:, None]).mean() == pytest.approx(0.5)
    noise = saved(made, rng.standard_normal((1000, 3))).mean()
    assert noise <= 0.02


def test_a_blurred_lesson_saves_a_part() -> None:
    """A lesson with an error of 2 lies between: Bayes' rule saves 0.246, the choice most.

    Level 1 is right where P(s = 3 | y) < 1/4, that is y < 1 - ln 3 = -0.099; then -1 is avoided
    with P(y < -0.099 | s = -1) = 0.674 and 3 is lost with P(y < -0.099 | s = 3) = 0.061:
    (0.674 - 3 x 0.061) / 2 = 0.246.
    """
    made, state = gamble(20_000)
    rng = np.random.default_rng(3)
    seen = (state + 2 * rng.standard_normal(state.size))[:, None]
    assert 0.8 * 0.246 < saved(made, seen).mean() < 1.05 * 0.246


@pytest.fixture(scope="module")
def found() -> Experiments:
    """Trials of a merchant with 14 noisy weeks."""
    merchant = planted(believed(), 14, 0.1, 6)
    weeks = weeks_of(facts(believed()), merchant.history.part(14))
    post = posterior(weeks)
    return experiments(today(weeks, post.draws(300, 0), post.shock), post, 0)


def test_every_lever_in_use_is_weighed(found: Experiments) -> None:
    """The boost and the room's hours, with pulses of all sizes that the file allows."""
    assert [made.lever.name for made in found.choices] == ["boost feed", "hours main"]
    sizes = {(p.lever.name, p.factor) for p in found.pulses}
    assert {("boost feed", 0.0), ("boost feed", 2.0), ("hours main", 0.5)} <= sizes
    for pulse in found.pulses:
        assert pulse.factor * pulse.lever.level <= pulse.lever.limit * (1 + 1e-9)


def test_no_trial_saves_more_than_there_is_to_know(found: Experiments) -> None:
    """Savings stay below the regret of not knowing, up to chance."""
    regret = sum(made.regret for made in found.choices)
    for pulse in found.pulses:
        assert pulse.saves <= regret + 3 * pulse.error


def test_trials_that_teach_come_first(found: Experiments) -> None:
    """By what they teach, then by what they are worth."""
    order = [(not p.teaches, -p.net) for p in found.pulses]
    assert order == sorted(order)


def test_the_command(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Screen and JSON give the same advice."""
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "mine.json").write_text(dump_json(believed()), encoding="utf-8")
    history = written(folder, planted(believed(), 14, 0.1, 6))
    words = ["experiments", str(history), "--instance", str(folder / "mine.json")]
    shown = CliRunner().invoke(app, [*words, "--draws", "100"])
    told = CliRunner().invoke(app, [*words, "--draws", "100", "--json"])
    assert (shown.exit_code, told.exit_code) == (0, 0)
    record = json.loads(told.stdout)
    assert record["advice"] in " ".join(shown.stdout.split())
    assert {t["lever"] for t in record["trials"]} == {"boost feed", "hours main"}
