"""Curves out of the exports of other tools: their own formulas, reached through ours."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from allocator.allocate import allocate, load_request
from allocator.curve_exports import read_curves
from allocator.faults import InputError
from fact_models.response import Curve

CURVES = Path(__file__).parents[2] / "instances" / "curves"
CURVE: TypeAdapter[Curve] = TypeAdapter(Curve)
SPENDS = np.array([0.0, 1.0, 500.0, 20_000.0, 90_000.0])


def curve(record: dict[str, Any]) -> Curve:
    return CURVE.validate_python(record)


def written(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def pymc(saturation: dict[str, float]) -> dict[str, Any]:
    """An export of one channel with scales 1000 and 50."""
    channel = {"saturation_params": saturation, "adstock_params": {"alpha": 0.4}}
    return {"channels": {"a": channel}, "channel_scale": {"a": 1000.0}, "target_scale": 50.0}


def test_robyn_curve_is_its_hill_of_carried_spend() -> None:
    """coef x^alpha / (x^alpha + inflexion^alpha), inflexion from the window of the raw data."""
    path = CURVES / "robyn.json"
    export = json.loads(path.read_text())
    fitted = read_curves(path)
    assert fitted is not None
    spend = [row["live_ads_S"] for row in export["Extras"]["raw_data"]]
    theta, gamma, alpha = 0.28, 0.62, 2.31
    stock = [0.0]
    for amount in spend:
        stock.append(amount + theta * stock[-1])
    window = stock[4:21]
    half = min(window) * (1 - gamma) + max(window) * gamma
    expected = 265000.0 * SPENDS**alpha / (SPENDS**alpha + half**alpha)
    assert curve(fitted.curves["live_ads_S"]).value(SPENDS) == pytest.approx(expected)
    assert fitted.carryover["live_ads_S"] == {"rate": theta, "before": spend}
    assert fitted.current["live_ads_S"] == pytest.approx(np.mean(spend[3:20]))
    assert "newsletter" not in fitted.curves


def test_pymc_marketing_logistic() -> None:
    """beta (1 - e^-lx) / (1 + e^-lx) of scaled spend, times the target's scale."""
    fitted = read_curves(CURVES / "pymc-marketing.json")
    assert fitted is not None
    scaled = 3.2 * SPENDS / 60000.0
    expected = 850000.0 * 0.42 * (1 - np.exp(-scaled)) / (1 + np.exp(-scaled))
    assert curve(fitted.curves["live_ads"]).value(SPENDS) == pytest.approx(expected)
    assert fitted.carryover["live_ads"] == {"rate": 0.35, "lags": 7, "normalised": True}


@pytest.mark.parametrize(
    ("saturation", "law"),
    [
        ({"b": 0.6, "c": 1.5}, lambda x: 0.6 * np.tanh(x / (0.6 * 1.5))),
        ({"alpha": 0.7, "lam": 0.4}, lambda x: 0.7 * x / (0.4 + x)),
        (
            {"slope": 2.2, "kappa": 0.8, "beta": 0.5},
            lambda x: 0.5 * (1 - 0.8**2.2 / (0.8**2.2 + x**2.2)),
        ),
        ({"alpha": 0.5, "beta": 0.3}, lambda x: 0.3 * x**0.5),
        ({"beta": 0.3}, lambda x: 0.3 * x),
    ],
)
def test_pymc_marketing_other_saturations(
    tmp_path: Path, saturation: dict[str, float], law: Any
) -> None:
    """Each saturation by the names of its parameters."""
    fitted = read_curves(written(tmp_path, "fit.json", pymc(saturation)))
    assert fitted is not None
    expected = 50.0 * law(SPENDS / 1000.0)
    assert curve(fitted.curves["a"]).value(SPENDS) == pytest.approx(expected)


def test_meridian_hill() -> None:
    """beta / (1 + (x / ec)^-slope) of scaled spend; adstock over lags 0 to 8, normalised."""
    fitted = read_curves(CURVES / "meridian.csv")
    assert fitted is not None
    scaled = np.maximum(SPENDS, 1e-9) / 32000.0
    expected = 310000.0 * 0.52 / (1 + (scaled / 1.1) ** -1.8)
    assert curve(fitted.curves["live_ads"]).value(SPENDS) == pytest.approx(expected, abs=1e-6)
    assert fitted.carryover["live_ads"] == {"rate": 0.41, "lags": 8, "normalised": True}


def test_an_export_is_allocated() -> None:
    """The export of PyMC-Marketing, read as a file and as a record: one answer."""
    path = CURVES / "pymc-marketing.json"
    fitted = read_curves(path)
    assert fitted is not None
    found = allocate(fitted.curves, 500_000, periods=6, carryover=fitted.carryover)
    request = load_request(path, budget=500_000, periods=6)
    assert found.status == "optimal"
    assert found.request == request.model_copy(update={"name": "allocation"})


def without(export: dict[str, Any], *path: str) -> dict[str, Any]:
    """The export with one entry taken out."""
    inner = export
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return export


def robyn() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CURVES / "robyn.json").read_text())
    return found


def changed(export: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    """The export with another value in one entry."""
    inner = export
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return export


@pytest.mark.parametrize(
    ("export", "said"),
    [
        (without(robyn(), "ExportedModel", "hyper_values", "search_S_alphas"), "search_S_alphas"),
        (without(robyn(), "Extras", "raw_data"), "Extras.raw_data: is missing"),
        (without(robyn(), "InputCollect", "adstock"), "InputCollect.adstock: is missing"),
        ({**pymc({"beta": 1.0}), "target_scale": "big"}, 'target_scale = "big": must be a number'),
        (pymc({"beta": -1.0}), "beta = -1.0: must be above 0"),
        (pymc({"gamma": 1.0}), "is no saturation that can be read"),
        (without(pymc({"beta": 1.0}), "channel_scale", "a"), "channel_scale.a: is missing"),
        (pymc({"alpha": 1e200, "beta": 1.0}), "a curve beyond what numbers can hold"),
        ({**pymc({"beta": 1.0}), "normalize": "false"}, "must be true or false"),
        ({**pymc({"beta": 1.0}), "l_max": 2.5}, "l_max = 2.5: must be a whole number"),
        (changed(robyn(), 5, "ExportedModel", "summary"), "must be a list of rows"),
        (changed(robyn(), [30], "InputCollect", "rollingWindowEndWhich"), "from 4 to 20"),
        (changed(robyn(), [-3], "InputCollect", "rollingWindowStartWhich"), "from 1 to 20"),
        (changed(robyn(), ["search_S"] * 2, "InputCollect", "paid_media_spends"), "different"),
    ],
)
def test_broken_json_exports(tmp_path: Path, export: Any, said: str) -> None:
    """File, place and rule."""
    path = written(tmp_path, "fit.json", export)
    with pytest.raises(InputError) as error:
        read_curves(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_weibull_adstock_is_refused(tmp_path: Path) -> None:
    """Only geometric carry-over can be told to the allocator."""
    export = robyn()
    export["InputCollect"]["adstock"] = ["weibull_cdf"]
    with pytest.raises(InputError, match="must be geometric"):
        read_curves(written(tmp_path, "fit.json", export))


def test_exposure_models_are_refused(tmp_path: Path) -> None:
    """A coefficient of impressions is no coefficient of spend."""
    export = robyn()
    export["ExportedModel"]["summary"][1]["variable"] = "live_ads_I"
    with pytest.raises(InputError, match="has no coefficient"):
        read_curves(written(tmp_path, "fit.json", export))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (",sd\nalpha_m[a],0.1\n", ":1: must have one column called mean"),
        (",mean,mean\nalpha_m[a],0.1,0.2\n", ":1: must have one column called mean"),
        (",mean\nalpha_m[a],nan\n", ':2: "alpha_m[a]" = "nan": must be a number'),
        (",mean\nalpha_m[a],0.1,5\n", ':2: "alpha_m[a]": has 3 cells, more than the 2'),
        (",mean\nalpha_m[a],0.1\nalpha_m[a],0.2\n", "stands twice, in line 2 and line 3"),
        (",mean\nalpah_m[a],0.1\n", ':2: "alpah_m[a]": is no row that is read (did you mean'),
        (",sd,mean\nalpha_m[a],0.1,0.2\nmax_lag,1", ":3: max_lag: has no mean"),
        (",mean,sd\noutcome_scale,1", ":2: ends in the middle of a row"),
        (",mean\noutcome_scale,2\nmax_lag,1.5\n", ":3: max_lag = 1.5: must be a whole number"),
        (",mean\noutcome_scale,2\nmax_lag,1e300\n", ":3: max_lag = 1e+300: must be a whole"),
        (",mean\nalpha_m[a],half\n", ':2: "alpha_m[a]" = "half": must be a number'),
        (",mean\noutcome_scale,2\n", "has no row alpha_m"),
        (
            ",mean\nalpha_m[a],0.2\nec_m[a],1\nbeta_m[a],1\noutcome_scale,2\n",
            '"spend_scale[a]": is missing',
        ),
    ],
)
def test_broken_csv_exports(tmp_path: Path, text: str, said: str) -> None:
    """File, line, row and rule."""
    path = written(tmp_path, "fit.csv", text)
    with pytest.raises(InputError) as error:
        read_curves(path)
    assert said in str(error.value)


def test_other_files_are_no_exports() -> None:
    """A request is told apart from an export."""
    assert read_curves(CURVES / "channels.yaml") is None
