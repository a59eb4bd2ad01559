"""What a clock shows, on arrays: from the digits of texts to microseconds of local time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import DAY_US, HOUR_US, MINUTE_US, US
from clew.sources.columns import Column

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Signs = NDArray[np.uint8]

_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_ZERO, _PLUS, _MINUS, _COLON = ord("0"), ord("+"), ord("-"), ord(":")


@dataclass(frozen=True)
class Reading:
    """Readings of a local clock; all arrays (n,).

    local   microseconds since 1970-01-01 00:00 local       day     only the day was written
    offset  microseconds that local time is ahead of UTC    fixed   the text itself says its offset
    usable  the text fits the format and the date exists
    """

    local: Longs
    offset: Longs
    fixed: Flags
    day: Flags
    usable: Flags


def local_micros(year: Longs, month: Longs, day: Longs, *, clock: Longs | int = 0) -> tuple[Longs, Flags]:
    """Return microseconds of civil dates (plus `clock` microseconds into the day), and which dates exist.

    Source  Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil
    """
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.clip(month, 0, 12)] + (leap & (month == 2))
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (day <= last) & (year >= 1)
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days * DAY_US + clock, exists


def clock_micros(hour: Longs, minute: Longs, second: Longs) -> tuple[Longs, Flags]:
    """Return microseconds into the day, and which clock times exist."""
    return hour * HOUR_US + minute * MINUTE_US + second * US, (hour < 24) & (minute < 60) & (second < 60)


class Cursor:
    """Reads the texts of a column from left to right, all rows in step; `fits` says which still fit."""

    def __init__(self, column: Column, *, skip: int = 0) -> None:
        self.buffer = column.text.buffer
        self.at = column.starts + np.int32(skip)
        self.end = column.starts + column.lengths
        self.fits = self.at <= self.end

    def signs(self) -> Signs:
        """The byte at hand, 0 at the end of the text."""
        return np.where(self.at < self.end, self.buffer[self.at], 0)

    def take(self, *allowed: int) -> Flags:
        """Step over one of these bytes where it stands."""
        here = self.signs()
        found = np.asarray(np.logical_or.reduce([here == sign for sign in allowed]))
        self.at += found
        return found

    def need(self, *allowed: int) -> None:
        self.fits &= self.take(*allowed)

    def digits(self, least: int, most: int) -> tuple[Longs, NDArray[np.int8]]:
        """Read so many digits; return the number and how many there were."""
        value, count = np.zeros(len(self.at), np.int64), np.zeros(len(self.at), np.int8)
        going = np.ones(len(self.at), np.bool_)
        for _ in range(most):
            digit = self.signs() - np.uint8(_ZERO)
            going &= digit < 10
            value = np.where(going, value * 10 + digit, value)
            count += going
            self.at += going
        self.fits &= count >= least
        return value, count

    def fraction(self, least: int = 1) -> Longs:
        """Read up to nine digits after a decimal point as microseconds; what is finer falls away."""
        value, count = self.digits(least, 9)
        return value * np.power(10, 9 - count.astype(np.int64)) // 1000

    def offset(self, *, needed: bool) -> tuple[Longs, Flags]:
        """Read Z, UTC, +02, +0200 or +02:00, after at most one space; return microseconds and where one stood."""
        self.take(ord(" "))
        zulu = self.take(ord("Z"), ord("z"))
        named = self.take(ord("U"))
        for letter in b"TC":
            self.fits &= self.take(letter) | ~named
        sign = self.signs()
        signed = self.take(_PLUS, _MINUS)
        fits, at = self.fits.copy(), self.at.copy()
        hours, _ = self.digits(2, 2)
        self.take(_COLON)
        minutes, count = self.digits(0, 2)
        proper = (hours < 24) & (minutes < 60) & (count != 1)
        self.fits = np.where(signed, self.fits & proper, fits)
        self.at = np.where(signed, self.at, at)
        given = zulu | named | signed
        if needed:
            self.fits &= given
        micros = hours * HOUR_US + minutes * MINUTE_US
        return np.where(signed, np.where(sign == _MINUS, -micros, micros), 0), given

    def finished(self) -> Flags:
        """Which texts fitted and are read to their end."""
        return np.asarray(self.fits & (self.at == self.end))
