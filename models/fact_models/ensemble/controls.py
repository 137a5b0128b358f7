"""What a merchant did and what the calendar did to her: inputs that all parameter sets share."""

from dataclasses import dataclass, fields, replace

import numpy as np

from fact_models.decisions import Array


@dataclass(frozen=True)
class Controls:
    """Inputs of the laws; the first axis is the period t, ``open`` has one more.

    Attributes:
        open: 1 where an account is open [t+1,a].
        market: traffic relative to an ordinary period, m [t,s].
        conversion: conversion relative to an ordinary period, ζ [t,s].
        boost_cost: price of a boosted visit relative to an ordinary period [t].
        reception: visits that the live hours can receive by the file's curve [t,a].
        well: visits that skilled hours can receive well by the file's curve [t,a].
        spend: money put into a boost [t,i].
        content: content units that work [t].
        creators: creators kept in a tier [t,c].
        inflow: visits that campaigns and KOLs send [t,s].
        harvested: interested people who were called in [t,s].
        gain: awareness gained [t,s].
        contacts: follow contacts made elsewhere, such as a KOL's room [t,s].
        package: what packages in force add to orders by the file, uplift - 1 times the share of
            days [t].
        dip: orders relative to an ordinary period beside a package's window [t].
    """

    open: Array
    market: Array
    conversion: Array
    boost_cost: Array
    reception: Array
    well: Array
    spend: Array
    content: Array
    creators: Array
    inflow: Array
    harvested: Array
    gain: Array
    contacts: Array
    package: Array
    dip: Array

    @property
    def periods(self) -> int:
        """Number of periods T."""
        return int(self.market.shape[0])

    def part(self, first: int, end: int) -> "Controls":
        """Periods ``first`` to ``end`` - 1."""
        cut = {f.name: getattr(self, f.name)[first:end] for f in fields(self)}
        return Controls(**{**cut, "open": self.open[first : end + 1]})

    def with_change(self, name: str, add: Array) -> "Controls":
        """The same inputs with ``add`` put on top of one of them."""
        return replace(self, **{name: np.asarray(getattr(self, name) + add)})
