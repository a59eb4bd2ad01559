"""Laws of addresses: nobody is led to another site; what a client invents never counts as its address."""

from __future__ import annotations

import ipaddress
from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from clew.access.signing_in.attempts import network_of
from clew.web.forgery import local_path
from clew.web.proxies import client_behind, is_trusted

HERE = "https://clew.test/sign-in"
TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
ADDRESSES = st.ip_addresses().map(str)
STRANGERS = ADDRESSES.filter(lambda text: not is_trusted(text, TRUSTED))
PROXIES = st.ip_addresses(network="10.0.0.0/8").map(str) | st.ip_addresses(network="fd00::/8").map(str)


@given(st.text(alphabet="/\\.:@evil%09\t\n\r ?#a", max_size=30))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("\\\\evil.example")
@example("https:evil.example")
@example("/..//evil.example")
def test_path_to_go_on_to_stays_here(text: str) -> None:
    path = local_path(text)

    # Browsers drop tabs and line ends, and read a backslash as a slash.
    read = path.replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin(HERE, read)).netloc == "clew.test"
    assert path in (text, "/")


@given(PROXIES, STRANGERS, st.lists(PROXIES, max_size=3), st.lists(ADDRESSES | st.text("a, ;", max_size=5), max_size=4))
def test_client_is_who_spoke_to_the_outermost_trusted_proxy(
    peer: str, client: str, between: list[str], invented: list[str]
) -> None:
    forwarded = ", ".join([*invented, client, *between])

    assert client_behind(peer, forwarded, TRUSTED) == client


@given(STRANGERS, st.text(max_size=40))
def test_stranger_tells_nothing_about_themselves(peer: str, forwarded: str) -> None:
    assert client_behind(peer, forwarded, TRUSTED) == peer


@given(st.ip_addresses(v=6))
def test_neighbours_of_one_customer_are_counted_together(address: ipaddress.IPv6Address) -> None:
    neighbour = ipaddress.IPv6Address(int(address) ^ 1)

    assert network_of(str(address)) == network_of(str(neighbour))
