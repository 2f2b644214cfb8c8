//! What kind of place an IP address is: the special-purpose registries of IANA (RFC 6890), read strictly.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who can be reached at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody on the internet.
    Public,
    /// This machine or this network.
    Private,
    /// Nobody that a team may want to call: groups, reserved and example addresses, and link-local ones, where clouds
    /// serve credentials of the machine.
    Never,
}

/// Where Amazon's cloud serves credentials of the machine over IPv6; inside the private range.
const CREDENTIALS_IPV6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254);

impl Reach {
    /// The reach of this address.
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [127, ..] | [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Self::Private,
            // Shared by carriers and cloud networks (RFC 6598).
            [100, 64..=127, ..] => Self::Private,
            // This network; link-local; protocol assignments; examples; 6to4 relays; benchmarks.
            [0, ..]
            | [169, 254, ..]
            | [192, 0, 0, _]
            | [192, 0, 2, _]
            | [192, 88, 99, _]
            | [198, 18..=19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _] => Self::Never,
            // Multicast, reserved, broadcast.
            [224..=255, ..] => Self::Never,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let segments = address.segments();
        match segments {
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Private,
            // IPv4-mapped, and NAT64 (RFC 6052), through which an IPv6-only network reaches IPv4: judged by what is
            // inside.
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Self::of_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
            }
            _ if address == CREDENTIALS_IPV6 => Self::Never,
            // Unique local (RFC 4193).
            [0xfc00..=0xfdff, ..] => Self::Private,
            // Protocol assignments, Teredo and ORCHID; examples; 6to4, which hides an IPv4 address; examples again.
            [0x2001, 0..=0x01ff, ..]
            | [0x2001, 0x0db8, ..]
            | [0x2002, ..]
            | [0x3fff, 0..=0x0fff, ..] => Self::Never,
            // Everything that was ever given out to the public starts with the bits 001.
            [0x2000..=0x3fff, ..] => Self::Public,
            _ => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(text: &str) -> Reach {
        Reach::of(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_public_internet_are_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
            "2001:4860:4860::8888",
            "2001:200::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(reach(text), Reach::Public, "{text}");
        }
    }

    #[test]
    fn addresses_of_this_machine_and_network_are_private() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "::1",
            "fc00::1",
            "fdff:ffff::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::192.168.0.1",
        ] {
            assert_eq!(reach(text), Reach::Private, "{text}");
        }
    }

    #[test]
    fn reserved_and_link_local_addresses_are_never_called() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::7f00:1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "64:ff9b:1::1",
            "100::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::ffff:0:127.0.0.1",
        ] {
            assert_eq!(reach(text), Reach::Never, "{text}");
        }
    }
}
